from typing import Any

import pytest

from schemas.alert import Level, Status
from schemas.ledger import Act, Entry, LedgerLine
from schemas.recorded_verdict import Opinion
from services.notifier.domain.watch.acknowledgements import AcknowledgementRequest
from services.notifier.domain.watch.alert_board import MOST_SCANNED, AlertFilter
from services.notifier.domain.watch.alert_summary import summarize_alert
from services.notifier.domain.watch.refusals import NoSuchThing
from services.notifier.domain.watch.silences.lifecycle import parse_filter
from services.notifier.domain.watch.verdicts import GivenOpinion
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.watch.people import ALICE, request
from tests.notifier.watch.stores import WatchRoom

EVERYTHING = AlertFilter()


def room_with_four() -> WatchRoom:
    """One alert acknowledged, one silenced, one plain, one ended."""
    room = WatchRoom()
    room.store(
        alert("plain"),
        alert("taken", level=Level.MEDIUM),
        alert("hidden", level=Level.LOW),
        alert("over", status=Status.RESOLVED),
    )
    room.floor.acknowledge(ALICE, "taken", AcknowledgementRequest())
    room.floor.add_silence(ALICE, request(matchers=['level="low"']))
    return room


FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "everything, the newest change first": ({}, ["over", "hidden", "taken", "plain"]),
    "firing": ({"statuses": (Status.FIRING,)}, ["hidden", "taken", "plain"]),
    "withdrawn": ({"statuses": (Status.WITHDRAWN,)}, []),
    "matchers": ({"matchers": parse_filter(['level=~"low|medium"'])}, ["hidden", "taken"]),
    "acknowledged": ({"acknowledged": True}, ["taken"]),
    "in nobody's hands": ({"acknowledged": False}, ["over", "hidden", "plain"]),
    "silenced": ({"silenced": True}, ["hidden"]),
    "neither": ({"silenced": False, "acknowledged": False}, ["over", "plain"]),
}


@pytest.mark.parametrize(("wanted", "expected"), FILTERS.values(), ids=FILTERS.keys())
def test_a_filter_selects_alerts(wanted: dict[str, Any], expected: list[str]) -> None:
    page = room_with_four().board.list_alerts(AlertFilter(**wanted), None, 50)

    assert [item.summary.id for item in page.items] == expected
    assert page.next_place is None


def test_pages_have_every_alert_once_though_alerts_change_meanwhile() -> None:
    room = WatchRoom()
    room.store(*(alert(f"a{number}") for number in range(5)))
    first = room.board.list_alerts(EVERYTHING, None, 2)
    room.store(alert("a4", 2), alert("new"))

    second = room.board.list_alerts(EVERYTHING, first.next_place, 2)
    third = room.board.list_alerts(EVERYTHING, second.next_place, 2)

    pages = [[item.summary.id for item in page.items] for page in (first, second, third)]
    assert pages == [["a4", "a3"], ["a2", "a1"], ["a0"]]
    assert third.next_place is None


def test_a_filter_that_selects_little_looks_at_a_bounded_number() -> None:
    room = WatchRoom()
    room.store(alert("first", level=Level.LOW), *(alert(f"a{n}") for n in range(MOST_SCANNED + 1)))
    wanted = AlertFilter(parse_filter(['level="low"']))

    first = room.board.list_alerts(wanted, None, 10)
    second = room.board.list_alerts(wanted, first.next_place, 10)

    assert first.items == ()
    assert [item.summary.id for item in second.items] == ["first"]
    assert second.next_place is None


def test_alerts_that_fire_are_grouped_by_labels() -> None:
    room = WatchRoom()
    room.store(
        alert("a"),
        alert("b", group={"country": "SY"}),
        alert("c"),
        alert("over", status=Status.RESOLVED),
    )

    groups = room.board.group_firing((), ["rule", "group_country"])

    ids = {key: [item.summary.id for item in items] for key, items in groups.items()}
    assert ids == {("joint_march", "IQ"): ["c", "a"], ("joint_march", "SY"): ["b"]}


def test_an_alert_is_shown_with_receivers_and_history() -> None:
    room = room_with_four()
    room.log.entries["taken"] = {"slack": Entry(revision=1, status=Status.FIRING)}
    line = LedgerLine(
        at=NOON,
        act=Act.NOTIFIED,
        fingerprint="f",
        alert="taken",
        revision=1,
        receiver="slack",
        reason="first notification",
    )
    room.history.append([line])

    dossier = room.board.show_alert("taken")

    assert dossier.alert.id == "taken"
    assert dossier.item.acknowledgement is not None
    assert dossier.entries.keys() == {"slack"}
    assert [line.act for line in dossier.history] == [Act.NOTIFIED]
    with pytest.raises(NoSuchThing):
        room.board.show_alert("x")


def test_rules_are_counted_with_the_newest_verdict_of_each_alert() -> None:
    room = WatchRoom()
    room.store(alert("a"), alert("b"), alert("c"))
    room.floor.judge("a", GivenOpinion(ALICE, Opinion.NOISE))
    room.floor.judge("a", GivenOpinion(ALICE, Opinion.USEFUL))
    room.floor.judge("b", GivenOpinion(ALICE, Opinion.NOISE))
    room.clock.move(2 * 24 * 3600)
    room.store(alert("d"))

    [record] = room.board.count_rules(30)
    [recent] = room.board.count_rules(1)

    assert (record.pack, record.rule, record.fires) == ("iraq-2020", "joint_march", 4)
    assert record.opinions == {Opinion.USEFUL: 1, Opinion.NOISE: 1}
    assert (recent.fires, recent.opinions) == (1, {})


RAISED: dict[str, tuple[dict[str, Any], bool]] = {
    "more evidence": ({"evidence_count": 5}, False),
    "a higher level": ({"level": Level.CRITICAL}, True),
    "a lower level": ({"level": Level.LOW}, False),
    "a new hypothesis": ({"hypotheses": ("campaign",)}, True),
    "an end": ({"status": Status.RESOLVED, "level": Level.CRITICAL}, False),
}


@pytest.mark.parametrize(("changes", "is_raised"), RAISED.values(), ids=RAISED.keys())
def test_an_alert_is_raised_by_what_is_news(changes: dict[str, Any], is_raised: bool) -> None:
    first = summarize_alert(alert(), None, NOON)

    second = summarize_alert(alert(revision=2, **changes), first, NOON + SECOND)

    assert second.seen_at == NOON
    assert second.raised_at == (NOON + SECOND if is_raised else NOON)
