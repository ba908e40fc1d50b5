"""What is generated for those who run Vedette is current, and has every metric in its place."""

import re
from pathlib import Path

import pytest

from deploy.__main__ import list_files
from deploy.metrics_page import DescribedMetric, list_metrics

FILES = list_files()
METRICS = list_metrics()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_generated_file_is_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == FILES[path], "run `make generate`"


def test_no_two_metrics_mean_the_same() -> None:
    assert len({metric.meaning for metric in METRICS}) == len(METRICS) > 50


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_named_as_prometheus_does_and_explained(metric: DescribedMetric) -> None:
    is_counter = metric.kind == "counter"

    assert re.fullmatch(r"vedette_[a-z0-9_]+", metric.name)
    assert metric.name.endswith("_total") == is_counter
    assert metric.kind != "histogram" or metric.name.endswith("_seconds")
    assert re.search(r"[a-z]{3}", metric.meaning)
    assert metric.meaning.endswith((".", "0: none."))
