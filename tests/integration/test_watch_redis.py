"""Alerts and what people do with them on a real Redis."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis

from schemas.alert import Level, Status
from schemas.ledger import Act, Entry, LedgerLine
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.redis_log import RedisLog
from services.notifier.adapters.redis_outbox import RedisOutbox
from services.notifier.adapters.redis_rebuild import RedisRebuild
from services.notifier.adapters.watch.archive import RedisArchive
from services.notifier.adapters.watch.seen_presses import SECONDS
from services.notifier.adapters.watch.watch_keys import WatchKeys
from services.notifier.adapters.watch.watch_stores import (
    WatchStores,
    connect_watch,
    make_acts_reader,
)
from services.notifier.domain.errors import LogLost
from services.notifier.domain.ports import Claim, Delay
from services.notifier.domain.watch.acknowledgements import AcknowledgementRequest
from services.notifier.domain.watch.act_lines import read_acts
from services.notifier.domain.watch.refusals import ChangedMeanwhile
from tests.fakes import FakeClock
from tests.notifier.alerts import NOON, SECOND, alert, job
from tests.notifier.lost_log_suite import DONE
from tests.notifier.watch.people import ALICE, BOB, HOUR, request, silence

pytestmark = pytest.mark.integration

KEYS = Keys("t.")
STATUSES = tuple(Status)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """An empty database with a complete log."""
    with Redis.from_url(redis_url) as client:
        lost = RedisRebuild(client, KEYS)
        assert lost.lease()
        lost.complete(DONE)
        yield client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def watch(redis: Redis, clock: FakeClock) -> WatchStores:
    return connect_watch(redis, KEYS, ["slack", "pagerduty"], clock)


def lines(redis: Redis) -> list[LedgerLine]:
    records = RedisOutbox(redis, KEYS).take(1000)
    ledger = [record for record in records if record.topic == "ledger"]
    return [LedgerLine.model_validate_json(record.value) for record in ledger]


def test_the_newest_revision_of_an_alert_is_kept(watch: WatchStores, clock: FakeClock) -> None:
    first = watch.archive.store([job(alert()), job(alert(revision=2))], clock())
    again = watch.archive.store([job(alert(revision=1)), job(alert("b"))], clock())

    archived = watch.archive.find("a1")
    assert archived is not None
    assert ([each.id for each in first], [each.id for each in again]) == (["a1"], ["b"])
    assert archived.alert == alert(revision=2)
    assert watch.archive.find("x") is None
    assert watch.archive.find_job("a1") == job(alert(revision=2))


def test_alerts_are_listed_by_their_last_change(watch: WatchStores, clock: FakeClock) -> None:
    ended = alert("ended", status=Status.RESOLVED)
    watch.archive.store([job(alert("a")), job(alert("b")), job(ended), job(alert("a", 2))], clock())

    whole = watch.archive.list_page(STATUSES, None, 10)
    firing = watch.archive.list_page([Status.FIRING], None, 1)
    behind = watch.archive.list_page([Status.FIRING], firing[-1].place, 10)

    assert [each.summary.id for each in whole] == ["a", "ended", "b"]
    assert [each.summary.id for each in firing + behind] == ["a", "b"]


def test_of_ended_alerts_the_newest_are_kept(redis: Redis, clock: FakeClock) -> None:
    archive = RedisArchive(redis, WatchKeys(KEYS), most_ended=2)
    archive.store([job(alert("fires"))], clock())
    for number in range(5):
        archive.store([job(alert(f"a{number}", status=Status.RESOLVED))], clock())

    listed = archive.list_page(STATUSES, None, 10)

    assert [each.summary.id for each in listed] == ["a4", "a3", "fires"]
    assert archive.find("a0") is None


def test_what_was_forgotten_is_skipped(redis: Redis, watch: WatchStores, clock: FakeClock) -> None:
    ended = [job(alert(f"a{number}", status=Status.RESOLVED)) for number in range(4)]
    watch.archive.store(ended, clock())
    redis.delete(WatchKeys(KEYS).alert("a3"), WatchKeys(KEYS).alert("a2"))

    listed = watch.archive.list_page(STATUSES, None, 2)

    assert [each.summary.id for each in listed] == ["a1", "a0"]


def test_an_alert_that_ended_is_forgotten_after_30_days(
    redis: Redis, watch: WatchStores, clock: FakeClock
) -> None:
    watch.archive.store([job(alert()), job(alert("b", status=Status.RESOLVED))], clock())

    assert redis.pttl(WatchKeys(KEYS).alert("a1")) == -1
    assert redis.pttl(WatchKeys(KEYS).alert("b")) > timedelta(days=29) / timedelta(milliseconds=1)


def test_a_record_is_changed_once_at_a_time(redis: Redis, watch: WatchStores) -> None:
    version = watch.silences.read_version()
    watch.silences.put(silence(), [])
    with pytest.raises(ChangedMeanwhile):
        watch.silences.put(silence(), [])
    watch.silences.put(silence(serial=2, reason="longer"), [])

    assert watch.silences.find(["s1", "x"]) == [silence(serial=2, reason="longer"), None]
    assert watch.silences.read_version() == version + 2
    assert redis.pttl(WatchKeys(KEYS).record("silence", "s1")) > 0


def test_records_are_listed_while_they_have_an_effect(watch: WatchStores) -> None:
    watch.silences.put(silence(), [])
    watch.silences.put(silence(id="s2", ends_at=NOON + 2 * HOUR), [])

    assert [each.id for each in watch.silences.list_needed(NOON + HOUR)] == ["s2"]


def test_nothing_is_changed_while_the_log_is_lost(redis: Redis, watch: WatchStores) -> None:
    redis.delete(KEYS.completion)

    with pytest.raises(LogLost):
        watch.silences.put(silence(), [])

    assert watch.silences.find(["s1"]) == [None]
    assert not watch.log.is_complete()


def test_what_people_did_is_regained_from_its_lines(
    redis: Redis, watch: WatchStores, clock: FakeClock
) -> None:
    floor = watch.make_floor(lambda: "s1")
    watch.archive.store([job(alert())], clock())
    floor.add_silence(ALICE, request())
    clock.move(60)
    ended = floor.expire_silence(BOB, "s1")
    known = floor.acknowledge(ALICE, "a1", AcknowledgementRequest())
    kept = lines(redis)
    redis.flushall()

    watch.restore_lines(kept[::-1])
    watch.restore_lines(kept)

    assert watch.silences.find(["s1"]) == [ended]
    assert watch.acknowledgements.find(["a1"]) == [known]
    assert read_acts(kept).silences == {"s1": ended}
    assert [line.act for line in watch.history.read("silence/s1")] == [Act.SILENCED] * 2


def test_the_end_of_a_silence_wakes_what_it_hides(
    redis: Redis, watch: WatchStores, clock: FakeClock
) -> None:
    log = RedisLog(redis, KEYS, timedelta(seconds=30))
    floor = watch.make_floor(lambda: "s1")
    floor.add_silence(ALICE, request())
    log.put([job(alert()), job(alert("b"))], ["slack"], clock())
    hidden, claimed = log.claim("slack", clock()), log.claim("slack", clock())
    assert hidden is not None
    assert claimed is not None
    log.defer(hidden, Delay(None, NOON + HOUR, 0), [])
    clock.move(60)

    floor.expire_silence(ALICE, "s1")
    log.defer(claimed, Delay(None, NOON + HOUR, 0), [])

    woken = {claim.alert.id for _ in range(2) if (claim := log.claim("slack", clock()))}
    assert woken == {"a1", "b"}
    assert log.claim("slack", clock()) is None


def claim_stored(redis: Redis, watch: WatchStores, clock: FakeClock) -> tuple[RedisLog, Claim]:
    """An alert that is known to people, and claimed for Slack."""
    log = RedisLog(redis, KEYS, timedelta(seconds=30))
    watch.archive.store([job(alert())], clock())
    log.put([job(alert())], ["slack"], clock())
    claim = log.claim("slack", clock())
    assert claim is not None
    return log, claim


def test_an_acknowledgement_has_the_alert_decided_again_where_it_is_known(
    redis: Redis, watch: WatchStores, clock: FakeClock
) -> None:
    log, claim = claim_stored(redis, watch, clock)
    log.finish(claim, Entry(revision=1, status=Status.FIRING, handle="m1"), clock(), [])

    watch.make_floor(lambda: "").acknowledge(ALICE, "a1", AcknowledgementRequest())

    again = log.claim("slack", clock())
    assert again is not None
    assert (again.job, again.entry.handle) == (job(alert()), "m1")
    assert log.claim("pagerduty", clock()) is None


def test_an_acknowledgement_during_a_claim_is_not_missed(
    redis: Redis, watch: WatchStores, clock: FakeClock
) -> None:
    log, claim = claim_stored(redis, watch, clock)

    watch.make_floor(lambda: "").acknowledge(ALICE, "a1", AcknowledgementRequest())
    log.finish(claim, Entry(revision=1, status=Status.FIRING), clock(), [])
    again = log.claim("slack", clock())
    assert again is not None
    log.finish(again, None, clock(), [])

    assert log.claim("slack", clock()) is None
    assert log.depth("slack") == 0


def test_decisions_see_every_change_of_silences_at_once(
    redis: Redis, watch: WatchStores, clock: FakeClock
) -> None:
    read = make_acts_reader(redis, KEYS, watch)
    other = connect_watch(redis, KEYS, ["slack"], clock).make_floor(lambda: "s1")
    watch.archive.store([job(alert())], clock())

    [before] = read([(alert(), NOON)], NOON)
    other.add_silence(ALICE, request())
    [during] = read([(alert(), NOON)], NOON)
    [elsewhere] = read([(alert(level=Level.LOW), NOON)], NOON)
    clock.move(1)
    other.expire_silence(ALICE, "s1")
    [after] = read([(alert(), NOON)], NOON + SECOND)

    assert (before.silence, elsewhere.silence, after.silence) == (None, None, None)
    assert during.silence is not None
    assert before.raised_at == NOON


def test_a_press_in_slack_is_remembered_by_every_notifier(redis: Redis, clock: FakeClock) -> None:
    one, another = (connect_watch(redis, KEYS, ["slack"], clock).presses for _ in range(2))

    one.add("p1")

    assert another.has("p1")
    assert not another.has("p2")
    assert 0 < redis.ttl(WatchKeys(KEYS).press("p1")) <= SECONDS
