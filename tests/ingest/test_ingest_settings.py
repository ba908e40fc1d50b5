from pathlib import Path

import pytest

from services.environment import InvalidEnvironment, load
from services.ingest.settings import IngestSettings

OPEN = {"VEDETTE_INGEST_OPEN": "true"}


def test_open_is_all_it_needs() -> None:
    settings = load(IngestSettings, OPEN)

    assert settings.port == 8080
    assert settings.topic_prefix == "vedette."
    assert settings.clock == "wall"


def test_the_watchdog_can_be_turned_off() -> None:
    assert load(IngestSettings, OPEN).watchdog_seconds == 30
    assert load(IngestSettings, OPEN | {"VEDETTE_WATCHDOG_SECONDS": "0"}).watchdog_seconds == 0


def test_a_token_file_is_all_it_needs() -> None:
    settings = load(IngestSettings, {"VEDETTE_INGEST_TOKENS_FILE": "tokens.yaml"})

    assert settings.ingest_tokens_file == Path("tokens.yaml")


@pytest.mark.parametrize("given", [{}, {"VEDETTE_INGEST_TOKENS_FILE": ""}], ids=["none", "empty"])
def test_without_tokens_it_refuses_and_names_the_variable(given: dict[str, str]) -> None:
    with pytest.raises(InvalidEnvironment, match=r"^VEDETTE_INGEST_TOKENS_FILE: .*INGEST_OPEN"):
        load(IngestSettings, given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "localhost"),
        ("VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "a:1,,b:2"),
        ("VEDETTE_TOPIC_PREFIX", "a b"),
        ("VEDETTE_CLOCK", "sun"),
        ("VEDETTE_REDIS_URL", "localhost"),
        ("VEDETTE_REDIS_URL", "redis:localhost"),
        ("VEDETTE_REDIS_URL", "unix://redis.sock"),
        ("VEDETTE_REDIS_URL", "unix:///"),
        ("VEDETTE_REDIS_URL", "unix:/redis.sock"),
        ("VEDETTE_STORIES_REDIS_URL", "localhost"),
        ("VEDETTE_STORIES_DAYS", "0"),
        ("VEDETTE_PORT", "0"),
        ("VEDETTE_INGEST_OPEN", "maybe"),
        ("VEDETTE_INGEST_TOKEN", "x"),
    ],
)
def test_what_is_malformed_or_unknown_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidEnvironment, match=f"^{name}: "):
        load(IngestSettings, OPEN | {name: value})


@pytest.mark.parametrize(
    ("notifiers", "given"),
    [
        ("redis://redis:6379/0", "redis://redis:6379/1"),
        ("redis://redis:6379/0", "rediss://user:word@redis/3"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock?db=2"),
    ],
    ids=["another database", "by default port", "socket"],
)
def test_stories_do_not_go_to_the_redis_that_must_not_evict(notifiers: str, given: str) -> None:
    urls = {"VEDETTE_REDIS_URL": notifiers, "VEDETTE_STORIES_REDIS_URL": given}

    with pytest.raises(InvalidEnvironment, match=r"^VEDETTE_STORIES_REDIS_URL: .*use another"):
        load(IngestSettings, OPEN | urls)


@pytest.mark.parametrize("given", ["redis://stories:6379/0", "redis://redis:6380/0", ""])
def test_stories_have_a_redis_of_their_own_or_none(given: str) -> None:
    urls = {"VEDETTE_REDIS_URL": "redis://redis:6379/0", "VEDETTE_STORIES_REDIS_URL": given}

    assert str(load(IngestSettings, OPEN | urls).stories_redis_url or "") == given
