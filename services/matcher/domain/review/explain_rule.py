"""Why a rule fired at an event, or did not: conditions, sentences and windows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.alert import Status
from schemas.event import Event
from schemas.rule import CorrelationRule, DetectionRule
from services.matcher.domain.backtest.replay import replay_states
from services.matcher.domain.engine.keys import StateKind
from services.matcher.domain.review.affected import ReviewedRules
from services.matcher.domain.review.explain_condition import ExplainedPart, explain_condition
from services.matcher.domain.review.explain_window import WindowExplanation, explain_window
from services.matcher.domain.rules.explain_says import SaysExplanation, explain_says
from services.matcher.domain.rules.matching import view_event
from services.matcher.domain.rules.rulebook import Rulebook, RuleKey
from services.matcher.domain.rules.signals import make_signals

MOST_WINDOWS = 10
MOST_SAID = 3
"""Of the alternatives in which a rule can be said, those that the event comes nearest to."""


@dataclass(frozen=True, slots=True)
class DetectionExplanation:
    """A detection rule, its condition and the sentences nearest to what it asks to be said."""

    name: str
    condition: ExplainedPart
    says: tuple[SaysExplanation, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """A rule: the detection rules that it is or stands over, and its windows.

    The windows are those that the event is in, else those with most hits.
    """

    name: str
    detections: tuple[DetectionExplanation, ...]
    windows: tuple[WindowExplanation, ...] = ()
    is_correlation: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """What was recorded before an event, as far back as it can matter, and since when at all.

    A rule that compares with its history began to watch at `since`.
    """

    events: Sequence[Event]
    since: datetime | None


def select_past(events: Sequence[Event], until: Event, reach: timedelta) -> Past:
    """The events recorded up to that of `until`, but for those that lie further back than `reach`.

    A report of old times counts by when it was recorded too: it may correct another one.
    """
    now = until.learned_at
    before = [each for each in events if each.learned_at <= now]
    near = [each for each in before if now - max(each.learned_at, each.occurred_at) <= reach]
    return Past(near, min((each.learned_at for each in before), default=None))


def find_reach(rulebook: Rulebook, key: RuleKey) -> timedelta:
    """How long before a time a report may lie and decide what the rule's windows are then.

    Their alerts last on for `resolve_after`, and so do those of the rules below.
    """
    rule = rulebook.windows.get(key)
    if rule is None:
        return timedelta()
    own = rule.look_back + rule.resolve_after + rule.cooldown
    if rule.type is None:
        return own
    below = (find_reach(rulebook, (rule.pack, base)) for base in rule.bases)
    return own + max(below, default=timedelta())


def explain_rule(rules: ReviewedRules, key: RuleKey, event: Event, past: Past) -> RuleExplanation:
    """The rule at the event; its windows after all of `past`.

    `rules` may have others beside it, which cost time.
    """
    is_correlation = isinstance(rules.documents()[key], CorrelationRule)
    return RuleExplanation(
        key[1],
        tuple(_explain_detections(rules, key, event)),
        tuple(_explain_windows(rules, key, event, past)) if is_correlation else (),
        is_correlation,
    )


def _explain_detections(
    rules: ReviewedRules, key: RuleKey, event: Event
) -> Iterator[DetectionExplanation]:
    document = rules.documents().get(key)
    if isinstance(document, CorrelationRule):
        for base in document.correlation.rules:
            yield from _explain_detections(rules, (key[0], base), event)
    if not isinstance(document, DetectionRule):
        return
    said = [each for each in explain_says(rules.rulebook, event) if each.rule == key[1]]
    said.sort(key=_count_lacking)
    for pack, view in view_event(rules.rulebook, event):
        if pack.name == key[0]:
            condition = explain_condition(document, pack.lists, view)
            yield DetectionExplanation(key[1], condition, tuple(said[:MOST_SAID]))


def _count_lacking(said: SaysExplanation) -> int:
    return sum(not part.holds for part in said.parts)


def _explain_windows(
    rules: ReviewedRules, key: RuleKey, event: Event, past: Past
) -> Iterator[WindowExplanation]:
    rulebook, now = rules.rulebook, event.learned_at
    replayed, store = replay_states(rulebook, past.events, since=past.since)
    states = [
        state
        for state_key, state in store.states.items()
        if state_key.kind is StateKind.WINDOW and state_key.rule == key and state.hits
    ]
    groups = [signal.group for signal in make_signals(rulebook, event) if signal.rule == key[1]]
    states.sort(key=lambda state: (state.group not in groups, -len(state.hits)))
    firing = [
        alert
        for alert in replayed.final
        if (alert.pack, alert.rule.name) == key and alert.status is Status.FIRING
    ]
    for state in states[:MOST_WINDOWS]:
        reasons = (alert.explain for alert in firing if alert.group == state.group)
        yield explain_window(rulebook.windows[key], state, reasons, now)
