"""Publishing: rules that change while reports come, and their past read again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.bundle import BackfillBarrier, OnChange
from schemas.event import Event
from schemas.rule import CorrelationRule
from schemas.signal import Signal
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.active_rules import ActiveRules, generations
from services.matcher.domain.changes.digest import digest_alerting, digest_rules
from services.matcher.domain.changes.next_bundle import (
    ChangePolicy,
    PublishInfo,
    RuleDigest,
    RuleSet,
    VersionedBundle,
    next_bundle,
    number_bundle,
)
from services.matcher.domain.engine.messages import SignalsMessage
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.rules.narrow_rulebook import narrow_rulebook
from services.matcher.domain.rules.retractions import find_retraction
from services.matcher.domain.rules.rulebook import Rulebook, RuleKey
from services.matcher.domain.rules.signals import make_signals
from tests.matcher.oracle.packs import DETECTIONS, SIDES, make_book
from tests.matcher.oracle.partitions import START
from tests.matcher.rules import pack_of

FIRST = ChangePolicy(OnChange.RESET)


@dataclass(frozen=True)
class Publication:
    """A bundle, and what workers make of it."""

    bundle: VersionedBundle
    processors: Processors


def publish_rules(
    rules: Sequence[CorrelationRule],
    before: Publication | None,
    at: datetime,
    policy: ChangePolicy,
) -> Publication:
    """The next bundle, of these rules."""
    book = make_book(rules)
    digests = digest_rules([pack_of(*DETECTIONS, *rules, lists=SIDES)], book.windows)
    digested = {
        "/".join(key): RuleDigest(
            digest, book.windows[key].retention, digest_alerting(book.windows[key])
        )
        for key, digest in digests.items()
    }
    known = None if before is None else before.bundle
    info = PublishInfo(at=at, events_since=START)
    bundle = next_bundle(RuleSet(files={}, rules=digested), policy, known, info)
    numbered = number_bundle(bundle, known.number + 1 if known else 1)
    active = ActiveRules(replace(book, number=numbered.number), generations(numbered))
    return Publication(numbered, Processors.of(active))


@dataclass
class Detector:
    """`detect` of one events partition, which reads its past again for rules that changed.

    `past` is what is left to be read, `completed` the bundle up to which all of it was.
    """

    rules: ActiveRules
    events: list[Event] = field(default_factory=list)
    past: list[Event] = field(default_factory=list)
    completed: int = 1

    def activate(self, rules: ActiveRules) -> None:
        """Evaluate what comes by newer rules, and begin to read what came."""
        if rules.number != self.rules.number:
            self.rules = rules
            self.begin_backfill()

    def begin_backfill(self) -> None:
        """Begin to read the past, or begin again."""
        self.past = [*self.events] if self.completed < self.rules.number else []

    def take(self, event: Event) -> Iterator[SignalsMessage]:
        """What a new report leads to."""
        self.events.append(event)
        yield from _find_signals(self.rules.rulebook, event)

    def read_past(self, most: int) -> Iterator[SignalsMessage]:
        """What some of the past leads to, and the barrier behind all of it."""
        changed = self.rules.rebuilt_after(self.completed)
        book = narrow_rulebook(self.rules.rulebook, changed)
        read, self.past = self.past[:most], self.past[most:]
        for event in read if changed else ():
            for message in _find_signals(book, event):
                yield _mark_backfill(message, event, changed)
        if not self.past and self.completed < self.rules.number:
            self.completed = self.rules.number
            yield BackfillBarrier(partition=0, partitions=1, bundle=self.completed)


def _find_signals(book: Rulebook, event: Event) -> Iterator[SignalsMessage]:
    retraction = find_retraction(event)
    if retraction is not None:
        yield retraction
    yield from make_signals(book, event)


def _mark_backfill(
    message: SignalsMessage, event: Event, changed: Mapping[RuleKey, RuleGeneration]
) -> SignalsMessage:
    """A hit of what was recorded before its rule changed is backfill."""
    if not isinstance(message, Signal):
        return message
    changed_at = changed[message.pack, message.rule].changed_at
    is_backfill = changed_at is None or (event.recorded_at or event.occurred_at) < changed_at
    return message.model_copy(update={"backfill": is_backfill})
