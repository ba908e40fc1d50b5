"""What a channel shows of groups, and when; on a clock that jumps to what is due."""

from datetime import timedelta

from schemas.alert import Level, RuleRef
from schemas.ledger import Act
from services.notifier.domain.decisions import Reason
from services.notifier.domain.message import render, render_reply
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.desk import RESOLVED
from tests.notifier.grouping.group_desk import MINUTE, GroupDesk


def test_alerts_of_a_group_are_one_message_after_group_wait() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"), alert("b"))
    desk.clock.move(10)
    desk.queue(alert("c"))

    desk.handle_all()

    assert desk.clock.now == NOON + 30 * SECOND
    assert desk.shown == [[["a", "b", "c"]]]
    assert desk.reasons("c") == [
        f"{Act.DEFERRED}: {Reason.GROUP_WAIT}",
        f"{Act.NOTIFIED}: {Reason.FIRST}",
    ]


def test_alerts_of_other_rules_are_another_message() -> None:
    desk = GroupDesk()
    other = RuleRef(name="other", title="Other", level=Level.HIGH)
    desk.queue(alert("a"), alert("b", rule=other))

    desk.handle_all()

    assert desk.shown == [[["a"]], [["b"]]]


def test_a_change_edits_the_message_at_the_interval_and_is_told_in_the_thread() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"))
    desk.handle_all()
    desk.queue(alert("b"))
    desk.clock.move(60)
    desk.queue(alert("a", 2, **RESOLVED))

    desk.handle_all()

    assert desk.clock.now == NOON + 30 * SECOND + 5 * MINUTE
    assert desk.shown == [[["a"], ["b"]]]
    assert desk.told == [["a ended", "b new"]]
    assert desk.reasons("b")[-1] == f"{Act.NOTIFIED}: {Reason.NEW_IN_GROUP}"
    assert desk.reasons("a")[-1] == f"{Act.RESOLVED}: {Reason.ENDED_IN_GROUP}"


def test_a_critical_alert_waits_for_no_group() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"))
    desk.handle_next()
    desk.queue(alert("b", level=Level.CRITICAL))
    desk.handle_next()
    assert desk.clock.now == NOON
    assert desk.shown == [[["a", "b"]]]

    desk.queue(alert("c", level=Level.CRITICAL))
    desk.handle_next()

    assert desk.clock.now == NOON
    assert desk.shown == [[["a", "b"], ["a", "b", "c"]]]


def test_other_alerts_do_not_wake_a_group_that_waits() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"))
    desk.handle_next()

    desk.queue(*(alert(f"b{number}") for number in range(100)))

    assert desk.log.claim("slack", desk.clock()) is None
    desk.handle_all()
    assert len(desk.shown[0][0]) == 101


def test_when_all_have_ended_the_next_alert_begins_a_message() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"))
    desk.handle_all()
    desk.queue(alert("a", 2, **RESOLVED))
    desk.handle_all()
    assert desk.log.groups == {}

    desk.queue(alert("b"))
    desk.handle_all()

    assert desk.shown == [[["a"], []], [["b"]]]
    assert desk.clock.now == NOON + 6 * MINUTE


def test_what_ends_within_group_wait_is_not_told() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"))
    desk.handle_next()
    desk.queue(alert("a", 2, **RESOLVED))

    desk.handle_all()

    assert desk.shown == []
    assert desk.reasons("a")[-1] == f"{Act.HELD_BACK}: {Reason.ENDED_WAITING}"
    assert desk.log.groups == {}


def test_beside_others_it_is_told_as_ended() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"), alert("b"))
    desk.handle_next()
    desk.queue(alert("a", 2, **RESOLVED))

    desk.handle_all()

    assert desk.shown == [[["b"]]]
    assert desk.reasons("a")[-1] == f"{Act.RESOLVED}: {Reason.ENDED_IN_GROUP}"


def test_a_group_that_still_fires_is_repeated_in_its_thread() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"), alert("b"))

    desk.handle_until(NOON + timedelta(hours=2, minutes=15))

    assert desk.shown == [[["a", "b"]] * 3]
    assert [notice.group.reason for notice in desk.receiver.replies if notice.group] == [
        Reason.REPEAT,
        Reason.REPEAT,
    ]


def test_a_level_that_rises_is_told_and_evidence_alone_is_only_shown() -> None:
    desk = GroupDesk()
    desk.queue(alert("a", level=Level.MEDIUM))
    desk.handle_all()
    desk.queue(alert("a", 2, level=Level.MEDIUM, evidence_count=7))
    desk.handle_all()
    assert (desk.shown, desk.told) == ([[["a"], ["a"]]], [])

    desk.queue(alert("a", 3, level=Level.CRITICAL))
    desk.handle_next()

    assert desk.told == [["a changed"]]


def test_a_muted_alert_joins_the_message_when_the_mute_ends() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"), alert("m", group={"muted": "yes"}))

    desk.handle_until(NOON + 11 * MINUTE)

    assert desk.shown == [[["a"]], [["m"]]]
    assert desk.reasons("m") == [
        f"{Act.DEFERRED}: {Reason.MUTED}",
        f"{Act.NOTIFIED}: {Reason.FIRST}",
    ]


def test_an_inhibited_alert_is_not_shown_while_the_other_fires() -> None:
    desk = GroupDesk()
    source, rules = alert("s", level=Level.CRITICAL), desk.routing.inhibit_rules
    desk.firing.note([source], rules, NOON)
    desk.queue(alert("a"), alert("t", level=Level.MEDIUM))
    desk.handle_until(NOON + 10 * MINUTE)
    assert desk.shown == [[["a"]]]

    desk.firing.note([alert("s", 2, **RESOLVED)], rules, NOON)
    desk.handle_until(NOON + 20 * MINUTE)

    assert desk.shown == [[["a"], ["a", "t"]]]
    assert desk.reasons("t")[0] == f"{Act.DEFERRED}: {Reason.INHIBITED}: s by r:12"


def test_a_digest_is_one_message_at_its_time_of_all_that_came() -> None:
    desk = GroupDesk()
    desk.queue(alert("a", level=Level.LOW), alert("b", level=Level.LOW))
    desk.clock.move(3600)
    desk.queue(alert("b", 2, level=Level.LOW, **RESOLVED))

    desk.handle_until(NOON.replace(hour=17, minute=59))
    assert desk.shown == []
    desk.handle_until(NOON.replace(hour=18))

    assert desk.shown == [[["a"]]]
    [notice] = desk.receiver.shown["m1"]
    assert render(notice)["text"] == "📋 DIGEST · 2 alerts: 2 low · Joint march"
    assert desk.reasons("b")[-1] == f"{Act.RESOLVED}: {Reason.DIGEST}"
    assert desk.log.queue == {}


def test_an_alert_that_is_in_a_digest_is_not_in_the_next_without_a_change() -> None:
    desk = GroupDesk()
    desk.queue(alert("a", level=Level.LOW))
    desk.handle_until(NOON + timedelta(hours=12))
    desk.queue(alert("a", 2, level=Level.LOW))

    desk.handle_until(NOON + timedelta(days=2))

    assert desk.shown == [[["a"]]]


def test_what_becomes_critical_waits_for_no_digest() -> None:
    desk = GroupDesk()
    desk.queue(alert("a", level=Level.LOW), alert("b", level=Level.LOW))
    desk.handle_next()
    desk.queue(alert("b", 2, level=Level.CRITICAL))
    desk.handle_next()
    assert desk.shown == [[["b"]]]

    desk.handle_until(NOON.replace(hour=18))
    desk.queue(alert("a", 2, level=Level.CRITICAL))
    desk.handle_next()

    assert desk.clock.now == NOON.replace(hour=18)
    assert desk.shown[1:] == [[["a"]]] or desk.shown[0][-1] == ["b", "a"]


def test_the_only_alert_of_a_group_is_shown_whole() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"))
    desk.handle_all()

    [[notice]] = desk.receiver.shown.values()
    assert render(notice)["text"].startswith("🟠 HIGH · NEW · Joint march · country: IQ")
    assert render(notice)["metadata"]["event_payload"]["alert"].startswith("group/")


def test_several_are_a_line_each_the_worst_first() -> None:
    desk = GroupDesk()
    desk.queue(*(alert(f"a{number}") for number in range(20)))
    desk.queue(alert("worst", level=Level.CRITICAL, group={"country": "IR"}))
    desk.handle_all()

    [notice] = desk.receiver.shown["m1"]
    message = render(notice)
    assert message["text"] == "🔴 CRITICAL · 21 FIRING · Joint march"
    assert "country: IR" in str(message["blocks"][1])
    assert "and 9 more" in str(message["blocks"])


def test_a_reply_says_what_changed() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"), alert("b"))
    desk.handle_all()
    desk.queue(alert("a", 2, **RESOLVED), alert("c"))
    desk.handle_all()
    desk.queue(alert("b", 2, level=Level.CRITICAL))
    desk.handle_all()

    first, second = desk.receiver.replies
    assert render_reply(first)["text"] == "2 changes: 1 ended, 1 new"
    assert render_reply(second)["text"].startswith("🔴 CRITICAL · UP from high · Joint march")


def test_who_has_an_alert_in_hand_is_shown_at_once_and_told_to_nobody() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"), alert("b"))
    desk.handle_all()
    desk.clock.move(60)
    desk.take_in_hand(NOON + timedelta(hours=1))
    desk.wake()

    desk.handle_next()

    assert desk.shown == [[["a", "b"], ["a", "b"]]]
    assert desk.told == []
    assert "in hand: alice until 13:00Z" in str(render(desk.receiver.shown["m1"][-1]))
    assert desk.reasons("a")[-1] == f"{Act.EDITED}: {Reason.ACKNOWLEDGED}"


def test_what_is_in_hand_is_not_repeated() -> None:
    desk = GroupDesk()
    desk.queue(alert("a"))
    desk.handle_all()
    desk.take_in_hand(NOON + timedelta(hours=3))
    desk.wake()

    desk.handle_until(NOON + timedelta(hours=2, minutes=50))

    assert desk.receiver.replies == []
