"""How long messages were on their way, and which of them are named."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Histogram

from services.matcher.adapters.stream.agents import NAMED_EVERY_SECONDS, SLOW_SECONDS, Hops
from tests.matcher.messages import Given

NOW = 1000.0


@pytest.fixture
def seconds() -> Histogram:
    return Histogram("hops", "Of the test.", registry=CollectorRegistry(), buckets=(1, 10, 100))


def observe(hops: Hops, took: float, offset: int, now: float = NOW) -> None:
    message: Any = Given(b"x", timestamp=now - took, offset=offset)
    hops.observe(message, now)


def named(seconds: Histogram) -> list[str]:
    """The offsets that exemplars name."""
    samples = [sample for family in seconds.collect() for sample in family.samples]
    return [sample.exemplar.labels["offset"] for sample in samples if sample.exemplar]


def count(seconds: Histogram) -> float:
    samples = [sample for family in seconds.collect() for sample in family.samples]
    return next(sample.value for sample in samples if sample.name == "hops_count")


def test_a_slow_message_is_named(seconds: Histogram) -> None:
    hops = Hops(seconds)

    observe(hops, SLOW_SECONDS / 2, offset=1)
    observe(hops, SLOW_SECONDS + 1, offset=2)

    assert (named(seconds), count(seconds)) == (["2"], 2)


def test_of_a_backlog_one_message_a_second_is_named(seconds: Histogram) -> None:
    hops = Hops(seconds)

    observe(hops, 5, offset=1)
    observe(hops, 50, offset=2, now=NOW + NAMED_EVERY_SECONDS / 2)
    observe(hops, 500, offset=3, now=NOW + NAMED_EVERY_SECONDS)

    assert (named(seconds), count(seconds)) == (["1", "3"], 3)
