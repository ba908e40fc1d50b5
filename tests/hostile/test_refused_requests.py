"""A refused request costs in proportion to its size, and its answer stays short."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from services.ingest.domain.decoding import NDJSON, TooManyReports, choose_decoder
from services.ingest.domain.normalize import MOST_ERRORS, normalize
from services.ingest.domain.result import ReportResult
from tests.ingest.builders import context, report

SECONDS = 1.0


def refused(body: dict[str, Any]) -> ReportResult:
    result = in_time(lambda: normalize(body, context()))
    assert isinstance(result, ReportResult)
    return result


def in_time(call: Callable[[], Any]) -> Any:
    started = time.process_time()
    result = call()
    assert time.process_time() - started < SECONDS
    return result


@pytest.mark.parametrize(
    "body",
    [
        report(actors=[1] * 500_000),
        report(quantities={str(number): "many" for number in range(80_000)}),
        report(attributes={str(number): [1] * 256 for number in range(256)}),
        report(attributes={str(number): [1] * 2_000 for number in range(256)}),
        report(**{f"unknown{number}": 1 for number in range(80_000)}),
        report(actors=[1] * 256, targets=[1] * 256, quantities=dict.fromkeys("abcdefgh", "x")),
    ],
    ids=["a long list", "a long map", "lists in a map", "long lists in it", "keys", "many fields"],
)
def test_a_mebibyte_of_errors_is_refused_at_once(body: dict[str, Any]) -> None:
    assert 1 <= len(refused(body).errors) <= MOST_ERRORS + 1


def test_errors_that_are_not_listed_are_counted() -> None:
    errors = refused(report(**{f"unknown{number}": 1 for number in range(1_000)})).errors

    assert errors[-1].message == f"and {1_000 - MOST_ERRORS} more"


@pytest.mark.parametrize("line", [b"{\n", b"1\n"], ids=["broken", "whole"])
def test_lines_are_counted_before_they_are_parsed(line: bytes) -> None:
    decode = choose_decoder({"content-type": NDJSON})
    raw = line * 524_288

    with pytest.raises(TooManyReports, match="524288 reports in one request"):
        in_time(lambda: decode(raw))
