"""The matcher's environment."""

import pytest

from services.environment import InvalidEnvironment, load
from services.matcher.settings import MatcherSettings


def test_nothing_is_required() -> None:
    settings = load(MatcherSettings, {})

    assert settings.kafka_bootstrap_servers == "localhost:9092"
    assert (settings.topic_prefix, settings.clock, settings.port) == ("vedette.", "wall", 6066)
    assert str(settings.rules_dir) == "rules/iraq-2020"
    assert settings.tick_seconds == 2
    assert (settings.stuck_seconds, settings.memory_limit) == (60, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "localhost"),
        ("VEDETTE_TOPIC_PREFIX", "with space"),
        ("VEDETTE_CLOCK", "sundial"),
        ("VEDETTE_PORT", "0"),
        ("VEDETTE_TICK_SECONDS", "0"),
        ("VEDETTE_STUCK_SECONDS", "0"),
        ("VEDETTE_MEMORY_LIMIT", "much"),
        ("VEDETTE_MEMORY_LIMIT", "-1"),
        ("VEDETTE_MEMORY_SAMPLE_MS", "0"),
    ],
)
def test_a_malformed_variable_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidEnvironment, match=name):
        load(MatcherSettings, {name: value})


@pytest.mark.parametrize(
    ("written", "limit"), [("0", 0), ("1500000", 1_500_000), ("2GiB", 2 * 2**30)]
)
def test_a_memory_limit_is_in_bytes_or_with_a_unit(written: str, limit: int) -> None:
    assert load(MatcherSettings, {"VEDETTE_MEMORY_LIMIT": written}).memory_limit == limit
