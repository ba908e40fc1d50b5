"""Crash records as read from the rules topic."""

from prometheus_client import REGISTRY

from schemas.crash import Crash, CrashReason, CrashRecord, crash_key
from services.matcher.adapters.crashes.known_crashes import KnownCrashes
from services.matcher.adapters.topics.codec import encode_crash_record
from tests.matcher.builders import NOON

KEY = crash_key("vedette.events", 1)


def crash(times: int = 1, offset: int = 7) -> Crash:
    return Crash(offset=offset, digest="d", times=times, reason=CrashReason.STUCK, at=NOON)


def note(known: KnownCrashes, *crashes: Crash) -> None:
    record = encode_crash_record(CrashRecord(topic="vedette.events", partition=1, crashes=crashes))
    assert record.key == KEY
    known.note(KEY, record.value)


def counted() -> float:
    labels = {"topic": "vedette.events", "reason": "stuck"}
    return REGISTRY.get_sample_value("vedette_matcher_crashes_named_total", labels) or 0.0


def test_the_newest_record_of_a_partition_counts() -> None:
    known = KnownCrashes()

    note(known, crash())
    note(known, crash(2), crash(offset=9))

    assert known.of("vedette.events", 1) == (crash(2), crash(offset=9))
    assert known.of("vedette.events", 2) == ()


def test_a_record_of_no_crash_is_a_tombstone_that_clears_it() -> None:
    known = KnownCrashes()
    note(known, crash())

    note(known)

    assert encode_crash_record(CrashRecord(topic="t", partition=0)).value is None
    assert known.of("vedette.events", 1) == ()


def test_what_cannot_be_read_changes_nothing() -> None:
    known = KnownCrashes()
    note(known, crash())

    known.note(KEY, b"{nope")

    assert known.of("vedette.events", 1) == (crash(),)


def test_each_end_of_a_worker_is_counted_once() -> None:
    known, before = KnownCrashes(), counted()

    note(known, crash())
    note(known, crash(2), crash(offset=9))
    note(known, crash(2), crash(offset=9))

    assert counted() - before == 3
