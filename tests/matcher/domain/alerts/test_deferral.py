"""Of alerts that a late hit changes in their counts alone, most wait for the next tick."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.alert import MOST_EVIDENCE, Alert, Status
from schemas.rule import Condition, CorrelationType
from schemas.signal import Signal
from services.matcher.domain.alerts import episodes as plain
from services.matcher.domain.alerts.deferral import MOST_AT_ONCE
from services.matcher.domain.alerts.episodes import Episode, find_episode
from services.matcher.domain.alerts.evaluation import evaluate, find_episodes
from services.matcher.domain.windows.state import WindowState, instant
from services.matcher.domain.windows.window_rule import WindowRule
from tests.examples import scale_examples
from tests.matcher.any_hits import RULES as TYPES
from tests.matcher.builders import HOUR, NOON, RULE, hit, retraction
from tests.matcher.course import WindowCourse
from tests.matcher.domain.alerts.losing import lose_evaluation

MINUTE = HOUR / 60
SHORT = replace(
    RULE,
    condition=Condition(gte=2),
    timespan=40 * HOUR,
    resolve_after=3 * MINUTE,
    max_lateness=400 * HOUR,
    is_counted=True,
)


def shorten(rule: WindowRule) -> WindowRule:
    """The rule with many episodes in one timespan."""
    return replace(
        rule,
        timespan=SHORT.timespan,
        resolve_after=SHORT.resolve_after,
        max_lateness=SHORT.max_lateness,
    )


SUM = Condition(field="quantities.rockets", gte=3)
RULES = {
    "short": SHORT,
    "pairs": replace(SHORT, resolve_after=6 * MINUTE),
    "a cooldown": replace(SHORT, cooldown=2 * MINUTE),
    "of alerts": replace(SHORT, counts_alerts=True),
    "a range": replace(SHORT, condition=Condition(gte=2, lt=35)),
    "few": replace(SHORT, timespan=6 * HOUR),
    "sum": replace(SHORT, type=CorrelationType.VALUE_SUM, condition=SUM),
    "values": shorten(TYPES["values"]),
    "temporal": shorten(TYPES["temporal"]),
    "new": replace(shorten(TYPES["new"]), history=MINUTE),
    "shared": shorten(TYPES["shared"]),
}


@st.composite
def messages_of(draw: st.DrawFn, base: Sequence[str]) -> list[Signal]:
    """Many hits in a few hours, in some order, and retractions of some of them."""
    number = draw(st.integers(30, 45))
    minutes = draw(st.lists(st.integers(0, 400), min_size=number, max_size=number))
    if draw(st.booleans()):
        minutes.sort(reverse=draw(st.booleans()))
    messages = list[Signal]()
    for place, minute in enumerate(minutes):
        at = minute * MINUTE / HOUR
        known = hit(at, f"e{place}", values=(str(place % 3),), owner=("afp", "wire")[place % 2])
        users = (("iran", "badr")[place % 2],)
        named = known.model_copy(update={"base": base[place % len(base)], "by": users})
        messages.append(named)
    gone = draw(st.lists(st.sampled_from(messages), max_size=30, unique_by=id))
    kind = retraction(0).kind
    return [*messages, *(each.model_copy(update={"kind": kind}) for each in gone)]


@settings(max_examples=scale_examples(8))
@given(st.sampled_from(sorted(RULES)), st.data())
def test_what_an_alert_lists_is_said_at_once_and_what_it_counts_by_the_next_tick(
    name: str, data: st.DataObject
) -> None:
    rule = RULES[name]
    course, beginning = (WindowCourse(rule, since=NOON - 900 * HOUR) for _ in range(2))

    for number, message in enumerate(data.draw(messages_of(rule.bases))):
        course.take(message)
        beginning.state = lose_evaluation(beginning.state)
        beginning.take(message)
        assert list_announced(course.state) == list_announced(beginning.state)
        check_lists(course)

        if data.draw(st.integers(0, 15)) == 0:
            for each in (course, beginning):
                each.tick(NOON + number * HOUR)
            check_counts(course)
            if data.draw(st.booleans()):
                course.restore()

    course.tick(NOON + 61 * HOUR)
    check_counts(course)


def list_announced(state: WindowState) -> list[tuple[object, ...]]:
    """Which alerts have which episodes."""
    return [(alert.id, alert.start, alert.last, alert.level) for alert in state.announced]


def list_sent(course: WindowCourse) -> Iterator[tuple[Alert, Episode]]:
    """The last revision of every alert that is in force, and its episode by definition."""
    last = {alert.id: alert for alert in course.alerts}
    expected = plain.find_episodes(course.rule, course.state)
    in_force = [a for a in course.state.announced if a.status is not Status.WITHDRAWN]
    assert len(in_force) >= len(expected)
    for alert in in_force:
        episode = find_episode(expected, alert.start)
        assert episode is not None
        yield last[alert.id], episode


def check_lists(course: WindowCourse) -> None:
    for sent, episode in list_sent(course):
        assert (sent.starts_at, sent.last_fired_at) == (
            instant(episode.start),
            instant(episode.last),
        )
        newest = list(dict.fromkeys(one.identity.split()[1] for one in episode.evidence[::-1]))
        assert [piece.event_id for piece in sent.evidence] == newest[:MOST_EVIDENCE]


def check_counts(course: WindowCourse) -> None:
    assert not course.state.pending
    for sent, episode in list_sent(course):
        said = (sent.evidence_count, sent.value, sent.owners, sent.backfill)
        assert said == (episode.count, episode.value, episode.owners, episode.backfill)


def take_many(number: int) -> WindowCourse:
    """So many alerts, ten minutes apart, none of the first hour."""
    return WindowCourse(SHORT).take(*(hit(1 + place / 6, f"e{place}") for place in range(number)))


def test_a_late_hit_revises_the_alerts_that_list_it_and_leaves_the_others_to_a_tick() -> None:
    course = take_many(60)
    known = len(course.alerts)

    course.take(hit(0, "late"))
    at_once, waiting = course.alerts[known:], course.state.pending
    course.tick(NOON)

    assert waiting
    assert [alert.evidence_count for alert in at_once] == [*range(3, MOST_EVIDENCE + 2), 2]
    assert {alert.evidence_count for alert in course.final} == {*range(2, 62)}
    assert not course.state.pending


def test_few_alerts_do_not_wait() -> None:
    course = take_many(MOST_EVIDENCE + MOST_AT_ONCE - 1).take(hit(0, "late"))

    assert not course.state.pending
    assert max(alert.evidence_count for alert in course.final) == len(course.state.hits)


def test_what_waits_is_sent_by_the_worker_that_begins_in_between() -> None:
    course = take_many(60).take(hit(0, "late")).restore()

    course.tick(NOON)

    assert {alert.evidence_count for alert in course.final} == {*range(2, 62)}


def test_an_alert_that_ends_says_first_what_waited() -> None:
    course = take_many(60).take(hit(0, "late"))

    course.tick(NOON + 99 * HOUR)

    assert {alert.status for alert in course.final} == {Status.RESOLVED}
    assert {alert.evidence_count for alert in course.final} == {*range(2, 62)}


def test_a_late_hit_looks_at_no_episode_that_waits() -> None:
    course = take_many(60)
    before = evaluate(SHORT, course.state).episodes

    course.take(hit(0, "late"))

    after = evaluate(SHORT, course.state).episodes
    assert sum(each is other for each in before for other in after) == 60 - MOST_EVIDENCE
    assert find_episodes(SHORT, course.state) == plain.find_episodes(SHORT, course.state)
