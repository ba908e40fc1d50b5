"""The button Silence… from the press to the silence, on Slack's stand-in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from redis import ConnectionError as RedisGone

from schemas.alert import Level
from services.notifier.adapters.interactions.desk import InteractionDesk
from services.notifier.adapters.interactions.interaction import read_interaction
from services.notifier.adapters.interactions.modals import Modals
from services.notifier.adapters.interactions.slack_people import SlackPeople
from services.notifier.domain.errors import LogLost
from services.notifier.domain.watch.people import Role
from services.notifier.domain.watch.silences.approval import needs_approval
from tests.notifier.alerts import NOON, alert
from tests.notifier.interactions.fakes import FakePresses
from tests.notifier.interactions.presses import payload
from tests.notifier.receivers import HASTY, PATIENT, SECRET, api_at
from tests.notifier.watch.people import ALICE, HOUR
from tests.notifier.watch.stores import WatchRoom
from tests.standins.slack import SlackStandIn

USER = payload()["user"]
GROUP = 'pack="iraq-2020" rule="joint_march" exercise="false" group_country="IQ"'


class ModalRoom:
    """A desk on the stand-in, over a watch room with the alert a1."""

    def __init__(
        self, slack: SlackStandIn, members: Role = Role.VIEWER, timeout: int = PATIENT
    ) -> None:
        self.slack, self.room = slack, WatchRoom()
        self.told: list[str] = []
        self.room.store(alert())
        self.desk = InteractionDesk(
            self.room.floor,
            SlackPeople({"": ALICE}, members),
            FakePresses(),
            Modals.connect(api_at(slack.url, timeout)),
            lambda _url, text: self.told.append(text),
        )

    def press(self, trigger: str | None = None, **changes: Any) -> None:
        """Press Silence… and let follow what follows."""
        given = trigger or self.slack.views.make_trigger()
        action = {"action_id": "vedette.silence"} | changes.pop("action", {})
        press = read_interaction(payload(action=action, trigger_id=given, **changes))
        assert press is not None
        self.desk.handle(press).follow()

    def submit(self, user: Any = USER, **answers: str | None) -> Any:
        """Submit the modal that stands open; what Slack is answered."""
        [view] = self.slack.views.shown
        told = read_interaction(
            {
                "type": "view_submission",
                "user": user,
                "team": {"id": "T1"},
                "view": self.slack.views.submit(view, **{"reason": "works"} | answers),
            }
        )
        assert told is not None
        return self.desk.handle(told).body

    @property
    def words(self) -> str:
        """What the modal shows."""
        [view] = self.slack.views.shown.values()
        return str(view)


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as standin:
        yield standin


@pytest.fixture
def modal(slack: SlackStandIn) -> ModalRoom:
    return ModalRoom(slack)


def test_a_press_opens_the_modal_and_then_counts_what_it_would_hide(modal: ModalRoom) -> None:
    modal.press()

    assert "country: IQ" in modal.words
    assert "All of Joint march" in modal.words
    assert "It would hide 1 now, 1 last week." in modal.words
    assert modal.told == []


def test_a_submission_silences_the_group_under_the_persons_name(modal: ModalRoom) -> None:
    modal.press()
    answer = modal.submit(duration="2h", reason="  navy exercise ")

    [silence] = modal.room.silences.known.values()
    assert " ".join(silence.matchers) == GROUP
    assert (silence.owner, silence.reason) == ("alice", "navy exercise")
    assert silence.ends_at == NOON + 2 * HOUR
    assert answer["response_action"] == "update"
    assert "Silenced until 2026-11-22 14:00Z" in str(answer["view"])
    assert silence.id in str(answer["view"])


def test_the_whole_rule_may_be_silenced(modal: ModalRoom) -> None:
    modal.press()
    modal.submit(scope="rule")

    [silence] = modal.room.silences.known.values()
    assert silence.matchers == ('pack="iraq-2020"', 'rule="joint_march"', 'exercise="false"')


@pytest.mark.parametrize(
    "group", [{}, {"attributes.area": "north"}], ids=["no group", "a name that is no label"]
)
def test_where_matchers_cannot_name_the_group_the_rule_alone_is_offered(
    modal: ModalRoom, group: dict[str, str]
) -> None:
    modal.room.store(alert(revision=2, group=group))
    modal.press()

    assert "radio_buttons" in modal.words
    assert "All of Joint march" in modal.words
    assert "'value': 'group'" not in modal.words


def test_words_of_reports_in_the_group_do_no_harm(modal: ModalRoom) -> None:
    modal.room.store(alert(revision=2, group={"actor": 'x", rule=~".*' + "é\n" * 100}))
    modal.press()
    modal.submit()

    [silence] = modal.room.silences.known.values()
    assert silence.matchers[1] == 'rule="joint_march"'
    assert len(silence.matchers) == 4


@pytest.mark.parametrize(
    ("duration", "approval"), [("30m", False), ("1h", True)], ids=["half an hour", "an hour"]
)
def test_longer_than_half_an_hour_critical_alerts_need_a_second_person(
    modal: ModalRoom, duration: str, approval: bool
) -> None:
    modal.room.store(alert(revision=2, level=Level.CRITICAL))
    modal.press()
    answer = modal.submit(duration=duration)

    [silence] = modal.room.silences.known.values()
    assert needs_approval(silence) is approval
    assert ("silences approve" in str(answer["view"])) is approval


FAULTS = {
    "no reason": ({"reason": None}, "reason", "is empty"),
    "blank": ({"reason": "  "}, "reason", "is empty"),
    "too long": ({"reason": "x" * 501}, "reason", "longer than 500"),
    "no duration": ({"duration": None}, "duration", "no time span"),
    "no scope": ({"scope": None}, "scope", "choose what to silence"),
}


@pytest.mark.parametrize(("answers", "field", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_shown_under_its_field_and_may_be_mended(
    modal: ModalRoom, answers: dict[str, Any], field: str, message: str
) -> None:
    modal.press()
    refused = modal.submit(**answers)
    mended = modal.submit()

    assert refused["response_action"] == "errors"
    assert list(refused["errors"]) == [field]
    assert message in refused["errors"][field]
    assert mended["response_action"] == "update"
    assert len(modal.room.silences.known) == 1


def test_a_modal_that_is_submitted_twice_makes_one_silence(modal: ModalRoom) -> None:
    modal.press()
    first = modal.submit()
    modal.room.clock.now += timedelta(seconds=1)
    again = modal.submit()

    assert first == again
    assert len(modal.room.lines) == 1


def test_who_may_not_silence_gets_no_modal(slack: SlackStandIn) -> None:
    stranger = {"id": "U9", "name": "mallory", "team_id": "T1"}
    modal = ModalRoom(slack)
    modal.press(user=stranger)

    assert "needs the role analyst" in modal.told[0]
    assert "slack:U9" in modal.told[0]
    assert slack.views.shown == {}


def test_who_may_no_longer_silence_is_refused_in_the_modal(slack: SlackStandIn) -> None:
    modal = ModalRoom(slack)
    modal.press()
    refused = modal.submit(user={"id": "U9", "name": "mallory", "team_id": "T1"})

    assert "needs the role analyst" in refused["errors"]["scope"]
    assert not modal.room.silences.known


def test_a_trigger_that_expired_is_told(modal: ModalRoom) -> None:
    modal.press(modal.slack.views.make_trigger(age=4))

    assert modal.told == ["Not done: Slack opened no window (expired_trigger_id): press again"]


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "hang"}], ids=str)
def test_a_slack_that_opens_nothing_is_told(slack: SlackStandIn, fault: dict[str, Any]) -> None:
    modal = ModalRoom(slack, timeout=HASTY)
    slack.script_fault(call="views.open", **fault)
    modal.press()

    assert "press again" in modal.told[0]
    assert SECRET not in modal.told[0]


def test_a_press_that_is_told_of_again_opens_nothing_more(modal: ModalRoom) -> None:
    trigger = modal.slack.views.make_trigger()
    modal.press(trigger)
    modal.press(trigger)

    assert len(modal.slack.views.shown) == 1
    assert modal.told == []


def test_an_alert_that_nobody_knows_is_told(modal: ModalRoom) -> None:
    modal.press(action={"value": "a9"})

    assert "no alert 'a9'" in modal.told[0]


@pytest.mark.parametrize(
    ("fault", "message"),
    [(RedisGone("redis://:secret@r"), "try again"), (LogLost("lost"), "is being rebuilt")],
)
def test_a_store_that_fails_is_told_in_the_modal(
    modal: ModalRoom, fault: Exception, message: str
) -> None:
    modal.press()
    modal.room.silences.faults.append(fault)

    refused = modal.submit()

    assert message in refused["errors"]["scope"]
    assert "secret" not in str(refused)


def test_a_modal_that_was_closed_stays_closed(modal: ModalRoom) -> None:
    modal.slack.script_fault("error", call="views.update", error="not_found")
    modal.press()

    assert "Counting" in modal.words
