"""Announcing looks at what changed alone, and sends what a look at all of it would."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.alert import Status
from schemas.rule import Condition, Corroboration
from schemas.signal import Signal
from services.matcher.domain.alerts.claims import claim_changed, claim_episodes
from services.matcher.domain.alerts.episodes import Episode, find_episode
from services.matcher.domain.alerts.evaluation import evaluate, find_episodes
from services.matcher.domain.alerts.time_range import TimeRange
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.state import WindowState, micros, span
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.any_hits import RULES as TYPES
from tests.matcher.any_hits import signals_of
from tests.matcher.builders import HOUR, NOON, RULE, hit, retraction, suspected
from tests.matcher.course import WindowCourse
from tests.matcher.domain.alerts.losing import lose_evaluation

SHORT = replace(RULE, condition=Condition(gte=2), resolve_after=HOUR / 4, is_counted=True)
RULES = {
    **TYPES,
    "short": SHORT,
    "short, of alerts": replace(SHORT, counts_alerts=True),
    "short and sure": replace(SHORT, corroboration=Corroboration(sources=2, within=HOUR)),
    "short and few": replace(SHORT, max_hits=9),
    "short and forgetful": replace(SHORT, max_lateness=2 * HOUR),
    "short with a cooldown": replace(SHORT, cooldown=HOUR),
}


@st.composite
def messages_of(draw: st.DrawFn, rule: WindowRule) -> list[Signal]:
    """Hits, revisions of alerts where a rule counts them, and retractions, in any order."""
    messages = list[Signal]()
    for signal in draw(signals_of(rule)):
        later = draw(st.lists(st.integers(1, 9), max_size=2)) if rule.counts_alerts else []
        first = micros(signal.occurred_at)
        times = sorted({first, *(first + gap * HOUR.seconds * 500_000 for gap in later)})
        alert = {"revision": draw(st.integers(1, 3)), "firings": tuple(times)} if later else {}
        messages.append(signal.model_copy(update=alert | {"suspected": False}))
        if draw(st.integers(0, 3)) == 0:
            gone = draw(st.sampled_from(messages))
            messages.append(gone.model_copy(update={"kind": retraction(0).kind}))
        if draw(st.integers(0, 9)) == 0:
            messages.append(suspected(draw(st.sampled_from(messages))))
        if draw(st.integers(0, 4)) == 0:
            messages.append(move(draw(st.sampled_from(messages)), draw(st.integers(-20, 20))))
    return messages


def move(signal: Signal, half_hours: int) -> Signal:
    """The same hit, found again at another time by a better delivery of its event or alert."""
    gap = half_hours * HOUR / 2
    recorded = signal.learned_at - timedelta(seconds=1)
    evidence = signal.evidence.model_copy(update={"recorded_at": recorded})
    changes = {
        "occurred_at": signal.occurred_at + gap,
        "firings": tuple(time + span(gap) for time in signal.firings),
        "revision": signal.revision + 1 if signal.firings else 0,
        "evidence": evidence,
    }
    return signal.model_copy(update=changes)


@settings(max_examples=settings().max_examples // 4)
@given(st.sampled_from(sorted(RULES)), st.data())
def test_every_message_sends_what_a_worker_that_begins_sends(
    name: str, data: st.DataObject
) -> None:
    rule = RULES[name]
    going, beginning = (WindowCourse(rule, since=NOON - 20 * HOUR) for _ in range(2))
    clock = NOON

    for message in data.draw(messages_of(rule)):
        if data.draw(st.integers(0, 4)) == 0:
            clock += data.draw(st.sampled_from((0, 0.5, 4, 30))) * HOUR
            going.tick(clock)
            beginning.tick(clock)
        beginning.state = lose_evaluation(beginning.state)
        going.take(message)
        beginning.take(message)

        assert going.alerts == beginning.alerts
        assert going.state == beginning.state


def test_an_alert_whose_episode_is_as_it_was_claims_only_what_another_one_contests() -> None:
    rule = replace(SHORT, condition=Condition(gte=1), timespan=2 * HOUR)
    course = WindowCourse(rule).take(hit(0), hit(1), hit(9))
    before, known = course.state, find_episodes(rule, course.state)
    alone, contested, far = (alert.id for alert in before.announced)
    after = msgspec.structs.replace(before, hits=before.hits.without(["reuters 0"]))
    changed = evaluate(rule, after).announce(known)

    claims = claim_changed(rule, before.announced, known, find_episodes(rule, after), changed)

    everything = claim_episodes(rule, before.announced, known, find_episodes(rule, after))
    assert changed.starts == TimeRange(micros(NOON), micros(NOON + HOUR))
    assert claims == {id_: everything[id_] for id_ in (alone, contested)}
    assert far not in claims


def find_heir(
    rule: WindowRule, alert: AnnouncedAlert, former: Episode | None, after: Sequence[Episode]
) -> Episode | None:
    """The episode of an alert by definition, with a look at all."""
    evidence = frozenset() if former is None else former.identities
    times = frozenset(() if former is None else former.firings)
    sharing = [
        episode
        for episode in after
        if evidence & episode.identities or (former and former.start == episode.start)
    ]
    gap = span(rule.resolve_after)
    near = (
        episode
        for episode in after
        if episode.start - alert.last <= gap and alert.start - episode.last <= gap
    )
    return max(
        sharing,
        key=lambda episode: (
            len(evidence & episode.identities),
            len(times.intersection(episode.firings)),
        ),
        default=next(near, None),
    )


def find_moved(before: WindowState, after: WindowState) -> frozenset[str]:
    """The events with hits in both states, some of them others."""
    return frozenset(
        hit.identity
        for hit in before.hits
        if after.hits.of_identity(hit.identity)
        and set(map(id, after.hits.of_identity(hit.identity)))
        != set(map(id, before.hits.of_identity(hit.identity)))
    )


@given(st.sampled_from(sorted(RULES)), st.data())
def test_an_alert_stays_with_the_episode_that_shares_most(name: str, data: st.DataObject) -> None:
    rule = RULES[name]
    course = WindowCourse(rule, since=NOON - 20 * HOUR)

    for message in data.draw(messages_of(rule)):
        held = course.state
        announced, before = held.announced, find_episodes(rule, held)
        formers = [find_episode(before, alert.start) for alert in announced]
        after = find_episodes(rule, course.take(message).state)

        moved = find_moved(held, course.state)
        claims = claim_episodes(rule, announced, before, after)
        knowing = claim_episodes(rule, announced, before, after, moved)

        expected = {
            alert.id: find_heir(rule, alert, former, after)
            for alert, former in zip(announced, formers, strict=True)
            if alert.status is not Status.WITHDRAWN
        }
        assert claims == knowing == expected


def test_an_alert_leaves_the_beginning_of_its_episode_for_the_greater_part() -> None:
    rule = replace(SHORT, condition=Condition(gte=1), timespan=HOUR, resolve_after=HOUR / 2)
    course = WindowCourse(rule).take(*(hit(number / 2) for number in range(6)))

    course.take(retraction(0.5))

    stayed, new = course.final
    assert (stayed.starts_at, new.starts_at) == (NOON + HOUR, NOON)
