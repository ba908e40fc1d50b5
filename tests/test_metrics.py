"""What the metrics of all services share."""

import pytest
from prometheus_client import Gauge

from services.metrics import MALFORMED, RULE_FAILED, classify_reason, keep_series, replace_series


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("too_costly: rockets, shelling", "too_costly"),
        ("too_costly: the reports of its owner are past their quota", "too_costly"),
        ("too_late", "too_late"),
        ("crashes_worker", "crashes_worker"),
        ("over the size limit of signals", "too_large"),
        ("rule: no rockets in pack iraq-2020", "rule_missing"),
        ("bundle 7: never published", "rule_missing"),
        ("rulebook: unheard of", MALFORMED),
        ("title: Input should be a valid string", MALFORMED),
    ],
)
def test_a_reason_is_of_one_of_few_kinds(reason: str, kind: str) -> None:
    assert classify_reason(reason, MALFORMED) == kind


def test_a_reason_that_names_no_kind_is_what_its_place_makes_it() -> None:
    assert classify_reason("ValueError: no number", RULE_FAILED) == RULE_FAILED


@pytest.fixture
def lag() -> Gauge:
    return Gauge("lag", "By topic and partition.", ["topic", "partition"], registry=None)


def shown(gauge: Gauge) -> dict[tuple[str, ...], float]:
    samples = [sample for family in gauge.collect() for sample in family.samples]
    return {tuple(sample.labels.values()): sample.value for sample in samples}


def test_only_the_partitions_that_are_owned_are_shown(lag: Gauge) -> None:
    replace_series(lag, {("events", "0"): 3.0, ("events", "1"): 4.0})

    replace_series(lag, {("events", "1"): 5.0, ("events", "2"): 0.0})

    assert shown(lag) == {("events", "1"): 5.0, ("events", "2"): 0.0}


def test_what_is_kept_stays_as_it_is(lag: Gauge) -> None:
    replace_series(lag, {("events", "0"): 3.0, ("events", "1"): 4.0})

    keep_series(lag, {("events", "0"), ("events", "7")})

    assert shown(lag) == {("events", "0"): 3.0}
