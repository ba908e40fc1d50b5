"""Which alerts inhibit others, on a real Redis that every notifier asks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis

from schemas.alert import Level, Status
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.redis_firing import RedisFiring
from services.notifier.domain.routing.inhibition import FiringAlert, InhibitedBy, InhibitRule
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.routing.matchers import parse_matchers
from tests.notifier.alerts import NOON, alert
from tests.parts.redis_server import RedisNode

pytestmark = pytest.mark.integration

KEYS = Keys("t.")
RULES = [InhibitRule("r:1", parse_matchers("level=critical"), parse_matchers("level=low"))]
CRITICAL = alert("c", level=Level.CRITICAL)
LOW = FiringAlert("low", label_alert(alert("low", level=Level.LOW)))


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


def is_inhibited(firing: RedisFiring) -> bool:
    return firing.find(RULES, LOW) is not None


def test_alerts_that_inhibit_others_are_known_to_every_notifier(redis: Redis) -> None:
    writer, reader = RedisFiring(redis, KEYS), RedisFiring(redis, KEYS)

    writer.note([CRITICAL, alert("high")], RULES, NOON)

    assert reader.find(RULES, LOW) == InhibitedBy("c", "r:1")
    assert is_inhibited(writer)


def test_an_alert_that_ended_inhibits_nothing_though_an_older_revision_comes_again(
    redis: Redis,
) -> None:
    firing, other = (RedisFiring(redis, KEYS, iter(range(100)).__next__) for _ in range(2))
    firing.note([CRITICAL], RULES, NOON)
    assert is_inhibited(firing)
    assert is_inhibited(other)

    firing.note([alert("c", 2, level=Level.CRITICAL, status=Status.RESOLVED)], RULES, NOON)
    firing.note([CRITICAL], RULES, NOON)

    assert not is_inhibited(firing)
    assert not is_inhibited(other)
    assert not is_inhibited(RedisFiring(redis, KEYS))


def test_an_alert_that_is_no_source_any_more_inhibits_nothing(redis: Redis) -> None:
    firing = RedisFiring(redis, KEYS)
    firing.note([CRITICAL], RULES, NOON)

    firing.note([alert("c", 2, level=Level.MEDIUM)], RULES, NOON)

    assert not is_inhibited(firing)


def test_after_a_loss_of_redis_nothing_of_before_inhibits(redis: Redis) -> None:
    firing = RedisFiring(redis, KEYS, iter(range(100)).__next__)
    firing.note([CRITICAL], RULES, NOON)
    assert is_inhibited(firing)

    redis.delete(KEYS.firing, KEYS.firing_version, KEYS.firing_changes, KEYS.firing_epoch)
    firing.note([alert("d", level=Level.CRITICAL)], RULES, NOON + timedelta(seconds=1))

    assert firing.find(RULES, LOW) == InhibitedBy("d", "r:1")


def test_other_rules_ask_the_same_alerts(redis: Redis) -> None:
    firing = RedisFiring(redis, KEYS)
    firing.note([CRITICAL], RULES, NOON)
    others = [InhibitRule("r:2", parse_matchers("level=critical"), parse_matchers("level=high"))]

    assert is_inhibited(firing)
    assert firing.find(others, LOW) is None
    assert firing.find(others, FiringAlert("x", label_alert(alert("x")))) is not None


def test_an_end_is_forgotten_a_day_after_the_newest(redis: Redis) -> None:
    firing = RedisFiring(redis, KEYS, iter(range(100)).__next__)
    for day, name in enumerate(("c", "d", "e")):
        fires, over = (
            alert(name, revision, level=Level.CRITICAL, status=status)
            for revision, status in ((1, Status.FIRING), (2, Status.RESOLVED))
        )
        firing.note([fires, over], RULES, NOON + day * timedelta(hours=20))
        assert not is_inhibited(firing)

    assert set(redis.hkeys(KEYS.firing)) == {b"d", b"e"}
    assert redis.zcard(KEYS.firing_changes) == 2


def test_what_changed_alone_is_read_and_nothing_where_no_rule_asks(own_redis: RedisNode) -> None:
    with Redis.from_url(own_redis.url()) as client:
        firing = RedisFiring(client, KEYS, iter(range(1000)).__next__)
        firing.note([alert(f"c{n}", level=Level.CRITICAL) for n in range(300)], RULES, NOON)
        assert is_inhibited(firing)
        client.config_resetstat()

        for number in range(5):
            firing.note([alert(f"d{number}", level=Level.CRITICAL)], RULES, NOON)
            assert is_inhibited(firing)
            assert firing.find(RULES, FiringAlert("high", label_alert(alert("high")))) is None
        calls = client.info("commandstats")

    assert "cmdstat_hgetall" not in calls
    assert calls["cmdstat_mget"]["calls"] == 5
    assert calls["cmdstat_hmget"]["calls"] == 5
