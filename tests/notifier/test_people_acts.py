"""What silences and acknowledgements do to the jobs of a receiver."""

from typing import Any

import pytest

from schemas.alert import Level
from schemas.ledger import Act
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.watch.acknowledgements import (
    AcknowledgementRequest,
    acknowledge_alert,
)
from services.notifier.domain.watch.silences.hiding import SilenceBook
from tests.notifier.alerts import NOON, alert
from tests.notifier.desk import RESOLVED
from tests.notifier.watch.people import ALICE, HOUR, MINUTE, silence
from tests.notifier.watched_desk import CHANNEL, PAGER, WatchedDesk

BOTH = pytest.mark.parametrize("traits", [CHANNEL, PAGER], ids=["channel", "pager"])
CRITICAL: dict[str, Any] = {"level": Level.CRITICAL}


@BOTH
def test_a_silenced_alert_is_sent_when_the_silence_ends(traits: ReceiverTraits) -> None:
    desk = WatchedDesk(traits)
    desk.silences = SilenceBook.compile([silence()])

    desk.show(alert())
    desk.move(HOUR - MINUTE)
    hidden = desk.messages
    desk.move(MINUTE)

    assert hidden == []
    assert desk.messages == [["1 firing"]]
    assert desk.reasons[0] == "hidden by a silence: silence s1 of alice: maintenance"


@pytest.mark.parametrize(
    ("traits", "messages"),
    [(CHANNEL, [["2 resolved"]]), (PAGER, [])],
    ids=["channel", "pager"],
)
def test_what_ended_silenced_is_told_when_the_silence_ends_and_pages_nobody(
    traits: ReceiverTraits, messages: list[list[str]]
) -> None:
    desk = WatchedDesk(traits)
    desk.silences = SilenceBook.compile([silence()])

    desk.show(alert())
    desk.show(alert(revision=2, **RESOLVED))
    hidden = desk.messages
    desk.move(HOUR)

    assert (hidden, desk.messages) == ([], messages)


@BOTH
def test_the_end_of_what_people_see_is_shown_though_it_is_silenced(traits: ReceiverTraits) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())
    desk.silences = SilenceBook.compile([silence()])

    desk.show(alert(revision=2, level=Level.HIGH, uncorroborated=True))
    desk.show(alert(revision=3, **RESOLVED))

    assert desk.messages == [["1 firing", "3 resolved"]]


def test_one_person_hides_a_critical_alert_for_30_minutes() -> None:
    desk = WatchedDesk(PAGER)
    desk.silences = SilenceBook.compile(
        [
            silence(id=f"s{part}", matchers=('level="critical"',), starts_at=start, ends_at=end)
            for part, (start, end) in enumerate(
                [(NOON, NOON + 20 * MINUTE), (NOON + 20 * MINUTE, NOON + 50 * MINUTE)]
            )
        ]
    )

    desk.show(alert(**CRITICAL))
    desk.move(20 * MINUTE)
    desk.move(9 * MINUTE)
    hidden = desk.messages
    desk.move(MINUTE)

    assert (hidden, desk.messages) == ([], [["1 firing"]])


@BOTH
def test_an_acknowledgement_is_shown_once(traits: ReceiverTraits) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())

    desk.acknowledge()
    desk.touch()

    [notices] = desk.receiver.shown.values()
    assert [notice.in_hand for notice in notices] == [None, "alice until 16:00Z"]
    assert desk.acts_of(Act.EDITED) == ["acknowledged"]


@pytest.mark.parametrize(("traits", "count"), [(CHANNEL, 3), (PAGER, 2)], ids=["channel", "pager"])
def test_changes_of_what_is_in_hand_go_quietly(traits: ReceiverTraits, count: int) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert(uncorroborated=True))
    desk.acknowledge()

    desk.show(alert(revision=2))

    [notices] = desk.receiver.shown.values()
    assert len(notices) == count


@BOTH
@pytest.mark.parametrize(
    "changes", [CRITICAL, {"hypotheses": ("campaign",)}], ids=["higher", "hypothesis"]
)
def test_news_is_notified_though_it_was_acknowledged(
    traits: ReceiverTraits, changes: dict[str, Any]
) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())
    desk.acknowledge()

    desk.show(alert(revision=2, **changes))

    [notices] = desk.receiver.shown.values()
    assert [notice.in_hand for notice in notices][-1] is None
    assert notices[-1].alert.revision == 2


@BOTH
def test_the_end_of_what_is_in_hand_is_shown(traits: ReceiverTraits) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())
    desk.acknowledge()

    desk.show(alert(revision=2, **RESOLVED))

    assert desk.messages[0][-1] == "2 resolved"


@BOTH
def test_when_an_acknowledgement_ends_the_alert_is_in_nobodys_hands(
    traits: ReceiverTraits,
) -> None:
    desk = WatchedDesk(traits)
    desk.show(alert())
    desk.acknowledge()

    desk.move(4 * HOUR)

    [notices] = desk.receiver.shown.values()
    assert [notice.in_hand for notice in notices] == [None, "alice until 16:00Z", None]
    assert desk.log.queue == {}


def test_what_is_in_hand_pages_nobody_else() -> None:
    desk = WatchedDesk(PAGER)
    desk.known = acknowledge_alert(alert(), ALICE, AcknowledgementRequest(), None, NOON)

    desk.show(alert())
    hidden = desk.messages
    desk.move(4 * HOUR)

    assert (hidden, desk.messages) == ([], [["1 firing"]])
