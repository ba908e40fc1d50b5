"""The notification log and the outbox on a real Redis."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from redis import Redis

from schemas.alert import Status
from schemas.ledger import Entry
from services.notifier.adapters.health import RedisHealth
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.redis_log import RedisLog
from services.notifier.adapters.redis_outbox import RedisOutbox
from services.notifier.adapters.redis_rebuild import RedisRebuild
from services.notifier.domain.entry import join_group, record_sent
from services.notifier.domain.ports import NotificationLog, OutboxRecord
from services.notifier.domain.rebuild_ports import LostLog, RecoveredEntry
from tests.fakes import FakeClock
from tests.notifier.alerts import NOON, alert, job
from tests.notifier.group_log_suite import IRAN, IRAQ, GroupLogSuite, place_by_country
from tests.notifier.log_order_suite import LogOrderSuite
from tests.notifier.log_steps import HOLD, RECORD
from tests.notifier.log_suite import LogSuite
from tests.notifier.lost_log_suite import DONE, LostLogSuite
from tests.parts.redis_server import RedisNode

pytestmark = pytest.mark.integration

KEYS = Keys("t.")


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """An empty database with complete logs."""
    with Redis.from_url(redis_url) as client:
        for keys in (KEYS, Keys("one."), Keys("two.")):
            lost = RedisRebuild(client, keys)
            assert lost.lease()
            lost.complete(DONE)
        yield client


class _OnRedis:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def log(self, redis: Redis) -> NotificationLog:
        return RedisLog(redis, KEYS, HOLD)

    @pytest.fixture
    def pass_hold(self, clock: FakeClock, redis: Redis) -> Callable[[], None]:
        def end_leases() -> None:
            # Redis's own clock ends them, which no test can move
            clock.move(HOLD.total_seconds() + 1)
            redis.delete(*redis.keys(KEYS.lease("slack") + "*"))

        return end_leases

    @pytest.fixture
    def lost(self, redis: Redis) -> LostLog:
        return RedisRebuild(redis, KEYS)

    @pytest.fixture
    def other(self, redis: Redis) -> LostLog:
        return RedisRebuild(redis, KEYS)

    @pytest.fixture
    def lose(self, redis: Redis) -> Callable[[], None]:
        def flush() -> None:
            redis.flushdb()

        return flush

    def records(self, log: NotificationLog) -> list[OutboxRecord]:
        assert isinstance(log, RedisLog)
        return RedisOutbox(log._redis, KEYS).take(100)  # noqa: SLF001  (the suite's one look inside)


class TestRedisLog(_OnRedis, LogSuite):
    pass


class TestRedisLogOrder(_OnRedis, LogOrderSuite):
    pass


class TestRedisRebuild(_OnRedis, LostLogSuite):
    pass


def test_a_lease_ends_by_itself(redis: Redis) -> None:
    log, clock = RedisLog(redis, KEYS, HOLD), FakeClock()
    log.put([job(alert())], ["slack"], clock())
    log.claim("slack", clock())

    left = redis.pttl(KEYS.lease("slack", "a1"))

    assert 0 < left <= HOLD / timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("status", "kept"),
    [(Status.FIRING, -1), (Status.RESOLVED, 30), (Status.WITHDRAWN, 30)],
    ids=str,
)
def test_entries_live_until_the_end_plus_thirty_days(
    redis: Redis, status: Status, kept: int
) -> None:
    log, clock = RedisLog(redis, KEYS, HOLD), FakeClock()
    log.put([job(alert(status=status))], ["slack"], clock())
    claim = log.claim("slack", clock())
    assert claim is not None

    log.write(claim, Entry(revision=1), clock(), [])

    seconds = redis.ttl(KEYS.log("slack", "a1"))
    assert seconds == kept or abs(seconds - kept * 86_400) < 60


def test_an_alert_that_fires_again_is_kept_again(redis: Redis) -> None:
    log, clock = RedisLog(redis, KEYS, HOLD), FakeClock()
    for revision, status in ((1, Status.RESOLVED), (2, Status.FIRING)):
        log.put([job(alert(revision=revision, status=status))], ["slack"], clock())
        claim = log.claim("slack", clock())
        assert claim is not None
        log.write(claim, Entry(revision=revision), clock(), [])
        log.finish(claim, None, clock(), [])

    assert redis.ttl(KEYS.log("slack", "a1")) == -1


def test_a_due_alert_without_a_job_is_forgotten(redis: Redis) -> None:
    redis.zadd(KEYS.due("slack"), {"ghost": 0})
    log = RedisLog(redis, KEYS, HOLD)

    assert log.claim("slack", FakeClock()()) is None
    assert log.depth("slack") == 0


def test_installations_under_two_prefixes_share_nothing(redis: Redis) -> None:
    clock = FakeClock()
    RedisLog(redis, Keys("one."), HOLD).put([job(alert())], ["slack"], clock())

    assert RedisLog(redis, Keys("two."), HOLD).claim("slack", clock()) is None


def test_records_leave_the_outbox_in_their_order(redis: Redis) -> None:
    outbox = RedisOutbox(redis, KEYS)
    records = [OutboxRecord("ledger", None, f"{n}".encode(), []) for n in range(5)]
    outbox.append(records)

    first = outbox.take(2)
    outbox.drop(2)

    assert [*first, *outbox.take(9)] == records


def test_one_process_at_a_time_delivers_records(redis: Redis) -> None:
    first, second = RedisOutbox(redis, KEYS), RedisOutbox(redis, KEYS)
    first.append([RECORD, RECORD])

    taken = first.take(9)

    assert (taken, second.take(9), first.take(9)) == ([RECORD, RECORD], [], [RECORD, RECORD])


def test_a_process_that_lost_the_lease_drops_nothing(redis: Redis) -> None:
    first, second = RedisOutbox(redis, KEYS), RedisOutbox(redis, KEYS)
    first.append([RECORD, RECORD])
    first.take(9)
    redis.delete(KEYS.outbox_lease)
    second.take(9)

    first.drop(2)

    assert redis.llen(KEYS.outbox) == 2


def test_a_durable_redis_has_no_fault(redis: Redis) -> None:
    notes: dict[str, str] = {}

    assert RedisHealth(redis, KEYS.probe, notes).check() is None
    assert notes == {}


@pytest.fixture
def lax_redis() -> Iterator[Redis]:
    node = RedisNode.create(appendfsync="everysec", maxmemory_policy="allkeys-lru")
    try:
        with Redis.from_url(node.start().url()) as client:
            yield client
    finally:
        node.close()


def test_a_redis_that_may_lose_what_it_acknowledged_is_named(lax_redis: Redis) -> None:
    assert RedisHealth(lax_redis, KEYS.probe, {}).check() == (
        "redis may lose what it acknowledged: "
        "appendfsync is everysec and must be always, "
        "maxmemory-policy is allkeys-lru and must be noeviction"
    )


def without_config(node: RedisNode) -> Redis:
    with Redis.from_url(node.url()) as client:
        client.execute_command("ACL", "SETUSER", "plain", "on", "nopass", "~*", "+@all", "-config")
    return Redis.from_url(node.url().replace("redis://", "redis://plain:x@"))


def test_settings_that_redis_hides_are_noted(own_redis: RedisNode) -> None:
    notes: dict[str, str] = {}

    with without_config(own_redis) as plain:
        assert RedisHealth(plain, KEYS.probe, notes).check() is None

    assert notes == {"redis": "redis hides its appendfsync: check them yourself"}


def test_a_redis_that_hides_some_settings_is_checked_by_the_others(lax_redis: Redis) -> None:
    lax_redis.config_set("appendonly", "no")
    lax_redis.acl_setuser("default", commands=["-config"])

    assert RedisHealth(lax_redis, KEYS.probe, {}).check() == (
        "redis may lose what it acknowledged: "
        "appendonly is no and must be yes, "
        "maxmemory-policy is allkeys-lru and must be noeviction"
    )


def test_a_redis_that_is_gone_is_named(own_redis: RedisNode) -> None:
    own_redis.kill()

    with Redis.from_url(own_redis.url()) as client:
        assert "redis does not answer" in (RedisHealth(client, KEYS.probe, {}).check() or "")


def test_a_redis_without_room_is_named(own_redis: RedisNode) -> None:
    with Redis.from_url(own_redis.url()) as client:
        client.config_set("maxmemory", "1")

        assert (RedisHealth(client, KEYS.probe, {}).check() or "").startswith(
            "redis refuses writes: "
        )


def test_a_redis_that_became_a_replica_is_named(own_redis: RedisNode) -> None:
    with Redis.from_url(own_redis.url()) as client:
        client.replicaof("127.0.0.1", own_redis.port)

        assert (RedisHealth(client, KEYS.probe, {}).check() or "").startswith(
            "redis refuses writes: "
        )


def test_a_redis_that_hangs_is_named(own_redis: RedisNode) -> None:
    with (
        Redis.from_url(own_redis.url()) as client,
        Redis.from_url(own_redis.url(), socket_timeout=0.2) as impatient,
    ):
        client.execute_command("CLIENT", "PAUSE", "3000", "ALL")

        assert "redis does not answer" in (RedisHealth(impatient, KEYS.probe, {}).check() or "")


class TestGroupsOnRedis(GroupLogSuite):
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def log(self, redis: Redis) -> NotificationLog:
        return RedisLog(redis, KEYS, HOLD, place_by_country)


def test_a_rebuild_brings_alerts_back_into_their_groups(redis: Redis) -> None:
    lost, clock = RedisRebuild(redis, KEYS, place_by_country), FakeClock()
    assert lost.lease()
    shown = join_group(record_sent(Entry(), alert("a"), "m1", NOON), IRAN)
    lost.keep([RecoveredEntry("slack", "a", shown, NOON, is_over=False)], NOON)

    lost.queue([("slack", job(alert("a"))), ("slack", job(alert("b")))], NOON)
    lost.complete(DONE)

    log = RedisLog(redis, KEYS, HOLD, place_by_country)
    groups = [claim.group for _ in range(2) if (claim := log.claim("slack", clock()))]
    assert {group.id: [m.alert.id for m in group.members] for group in groups if group} == {
        IRAN: ["a"],
        IRAQ: ["b"],
    }
