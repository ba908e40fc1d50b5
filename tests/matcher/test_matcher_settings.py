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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "localhost"),
        ("VEDETTE_TOPIC_PREFIX", "with space"),
        ("VEDETTE_CLOCK", "sundial"),
        ("VEDETTE_PORT", "0"),
        ("VEDETTE_TICK_SECONDS", "0"),
    ],
)
def test_a_malformed_variable_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidEnvironment, match=name):
        load(MatcherSettings, {name: value})
