import json
from collections.abc import Callable

import pytest

from schemas.alert import Level, Status
from schemas.ledger import Act
from schemas.recorded_verdict import Opinion
from schemas.topics import SIGNALS
from services.notifier.domain.watch.acknowledgements import AcknowledgementRequest
from services.notifier.domain.watch.act_lines import read_acts
from services.notifier.domain.watch.floor import MOST_SILENCES
from services.notifier.domain.watch.refusals import (
    ChangedMeanwhile,
    InvalidAct,
    NoSuchThing,
    NotAllowed,
)
from services.notifier.domain.watch.verdicts import GivenOpinion
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.watch.people import (
    ALICE,
    BOB,
    HIGH,
    HOUR,
    MINUTE,
    VISITOR,
    request,
    silence,
)
from tests.notifier.watch.stores import WatchRoom

USUAL = AcknowledgementRequest()
DAY = 24 * HOUR


def test_an_acknowledgement_is_kept_and_has_a_line() -> None:
    room = WatchRoom()
    room.store(alert())

    known = room.floor.acknowledge(ALICE, "a1", AcknowledgementRequest(comment="on it"))

    assert room.acknowledgements.known == {"a1": known}
    [line] = room.lines
    assert (line.act, line.alert, line.acknowledgement) == (Act.ACKNOWLEDGED, "a1", known)
    assert line.reason == "by alice until 2026-11-22 16:00Z: on it"


def test_a_pager_that_reports_an_acknowledgement_back_takes_nothing_over() -> None:
    room = WatchRoom()
    room.store(alert())
    by_alice = room.floor.acknowledge(ALICE, "a1", USUAL)

    back = room.floor.acknowledge(BOB, "a1", AcknowledgementRequest(takes_over=False))

    assert back == by_alice
    room.clock.move(4 * 3600)
    assert room.floor.acknowledge(BOB, "a1", AcknowledgementRequest(takes_over=False)).owner == (
        "bob"
    )


def test_an_acknowledgement_is_taken_back_with_a_line() -> None:
    room = WatchRoom()
    room.store(alert())
    with pytest.raises(NoSuchThing, match="nobody has acknowledged"):
        room.floor.take_back(ALICE, "a1")
    room.floor.acknowledge(ALICE, "a1", USUAL)
    room.clock.move(60)

    back = room.floor.take_back(ALICE, "a1")

    assert back.ends_at == room.clock()
    assert room.lines[-1].reason == "taken back by alice"


def test_a_verdict_is_kept_has_a_line_and_goes_to_the_window_of_the_alert() -> None:
    room = WatchRoom()
    room.store(alert())

    room.floor.judge("a1", GivenOpinion(ALICE, Opinion.NOISE, "an old video"))
    verdict = room.floor.judge("a1", GivenOpinion(BOB, Opinion.USEFUL))

    assert (verdict.serial, verdict.by, verdict.rule) == (2, "bob", "joint_march")
    assert [line.reason for line in room.lines] == [
        "noise, by alice: an old video",
        "useful, by bob",
    ]
    messages = [record for record in room.verdicts.outbox if record.topic == SIGNALS]
    assert {record.key for record in messages} == {b'["iraq-2020","joint_march",["country","IQ"]]'}
    assert [json.loads(record.value)["judgement"] for record in messages] == ["noise", "useful"]


def test_known_is_no_news_to_the_matcher() -> None:
    room = WatchRoom()
    room.store(alert())

    room.floor.judge("a1", GivenOpinion(ALICE, Opinion.KNOWN))

    assert {record.topic for record in room.verdicts.outbox} == {"ledger"}


def test_a_silence_has_a_line_under_its_own_key_for_every_change() -> None:
    room = WatchRoom()

    made = room.floor.add_silence(ALICE, request(matchers=['rule="joint_march"']))
    room.floor.approve_silence(BOB, made.id)
    room.floor.amend_silence(
        ALICE, made.id, request(matchers=['rule="joint_march"'], ends_at=NOON + 2 * HOUR)
    )
    room.clock.move(60)
    room.floor.expire_silence(BOB, made.id)

    assert {(line.act, line.fingerprint, line.alert) for line in room.lines} == {
        (Act.SILENCED, "silence/s1", "silence/s1")
    }
    assert [line.reason.partition(" until ")[0] for line in room.lines] == [
        "made by alice",
        "approved by bob",
        "changed by alice",
        "ended by bob",
    ]
    assert read_acts(reversed(room.lines)).silences == room.silences.known


def test_other_matchers_end_the_silence_and_make_another() -> None:
    room = WatchRoom()
    made = room.floor.add_silence(ALICE, request())
    room.clock.move(60)

    other = room.floor.amend_silence(ALICE, made.id, request(matchers=['level="low"']))

    assert other.id == "s2"
    assert room.floor.find_silence("s1").ends_at == room.clock()


def test_a_replacement_that_is_refused_ends_nothing() -> None:
    room = WatchRoom()
    made = room.floor.add_silence(ALICE, request())

    with pytest.raises(InvalidAct):
        room.floor.amend_silence(ALICE, made.id, request(matchers=['level="low"'], reason=""))

    assert room.floor.find_silence("s1") == made


def test_there_is_a_bound_on_silences() -> None:
    room = WatchRoom()
    room.silences.restore([silence(id=f"x{number}") for number in range(MOST_SILENCES)])

    with pytest.raises(InvalidAct, match="500 silences"):
        room.floor.add_silence(ALICE, request())
    room.clock.move(3600)

    assert room.floor.add_silence(ALICE, request(ends_at=NOON + 2 * HOUR)).id == "s2"


ACTS: dict[str, Callable[[WatchRoom], object]] = {
    "acknowledge": lambda room: room.floor.acknowledge(VISITOR, "a1", USUAL),
    "take back": lambda room: room.floor.take_back(VISITOR, "a1"),
    "judge": lambda room: room.floor.judge("a1", GivenOpinion(VISITOR, Opinion.NOISE)),
    "silence": lambda room: room.floor.add_silence(VISITOR, request()),
    "amend": lambda room: room.floor.amend_silence(VISITOR, "s1", request()),
    "approve": lambda room: room.floor.approve_silence(VISITOR, "s1"),
    "expire": lambda room: room.floor.expire_silence(VISITOR, "s1"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_a_viewer_changes_nothing(act: Callable[[WatchRoom], object]) -> None:
    room = WatchRoom()
    room.store(alert())
    room.floor.add_silence(ALICE, request())

    with pytest.raises(NotAllowed, match="visitor is a viewer"):
        act(room)


@pytest.mark.parametrize("missing", ["alert", "silence"])
def test_what_is_not_known_is_named(missing: str) -> None:
    room = WatchRoom()

    with pytest.raises(NoSuchThing, match=f"no {missing} 'x'"):
        (room.floor.find_alert if missing == "alert" else room.floor.find_silence)("x")


def test_of_two_changes_at_once_one_is_refused() -> None:
    room = WatchRoom()
    room.store(alert())
    room.acknowledgements.faults = [ChangedMeanwhile("", "look, and repeat")]

    with pytest.raises(ChangedMeanwhile):
        room.floor.acknowledge(ALICE, "a1", USUAL)


def test_a_preview_shows_what_fires_and_what_the_last_week_had() -> None:
    room = WatchRoom()
    room.store(
        alert("fires"),
        alert("critical", level=Level.CRITICAL),
        alert("ended", status=Status.RESOLVED, updated_at=NOON - 7 * DAY),
        alert("older", status=Status.RESOLVED, updated_at=NOON - 7 * DAY - SECOND),
        alert("elsewhere", group={"country": "SY"}),
    )

    preview = room.floor.preview(['group_country="IQ"'])

    assert [summary.id for summary in preview.firing] == ["critical", "fires"]
    assert (preview.firing_count, preview.week_count, preview.critical_count) == (2, 3, 1)
    assert preview.rules == {"iraq-2020/joint_march": 3}


def test_a_preview_of_nonsense_is_refused_as_the_silence_would_be() -> None:
    with pytest.raises(InvalidAct, match="would hide everything"):
        WatchRoom().floor.preview([])


def test_the_times_of_a_request_are_kept() -> None:
    made = WatchRoom().floor.add_silence(
        ALICE, request(starts_at=NOON + MINUTE, matchers=[HIGH, 'pack="x"'])
    )

    assert (made.starts_at, made.matchers) == (NOON + MINUTE, (HIGH, 'pack="x"'))
