"""The processors of every kind of state, under the same active rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from schemas.indication import hypothesis_key
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.changes.rule_record import digest_names
from services.matcher.domain.duty.windows import DUTY_WINDOWS
from services.matcher.domain.engine.hypothesis_processor import HypothesisProcessor
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.processor import KeyedProcessor
from services.matcher.domain.engine.source_processor import SourceProcessor
from services.matcher.domain.engine.storm_processors import NewGroupsProcessor, StormProcessor
from services.matcher.domain.engine.version_processor import VersionProcessor, longest_kept
from services.matcher.domain.engine.window_processor import WindowProcessor
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class Processors:
    """The processor of each kind.

    `digest` is that of the names of the rules. Of `watching` only the record of a partition knows
    since when they watch.
    """

    rules: ActiveRules
    windows: Mapping[RuleKey, WindowRule]
    hypotheses: Mapping[RuleKey, WatchedHypothesis]
    by_kind: Mapping[StateKind, KeyedProcessor[Any]]
    digest: str
    watching: frozenset[RuleKey]

    @classmethod
    def of(cls, rules: ActiveRules, events_kept: timedelta | None = None) -> Self:
        """Those of these rules; the events topic keeps an event so long, None: for ever."""
        book = rules.rulebook
        windows = {**book.windows, **DUTY_WINDOWS}
        hypotheses = {
            (hypothesis.pack, hypothesis.name): hypothesis for hypothesis in book.hypotheses
        }
        by_kind: dict[StateKind, KeyedProcessor[Any]] = {
            StateKind.WINDOW: WindowProcessor(windows),
            StateKind.HYPOTHESIS: HypothesisProcessor(hypotheses),
            StateKind.SOURCE: SourceProcessor(book.sources, book.hypotheses),
            StateKind.NEW_GROUPS: NewGroupsProcessor(),
            StateKind.STORM: StormProcessor(),
            StateKind.VERSION: VersionProcessor(longest_kept(windows.values(), events_kept)),
        }
        asking = (key for key, rule in book.windows.items() if rule.needs_since)
        watching = frozenset(key for key in asking if rules.generation(key).since is None)
        return cls(rules, windows, hypotheses, by_kind, digest_names(book), watching)

    def first_keys(self) -> Iterator[StateKey]:
        """The keys of hypotheses, which may be due without a state by prior observations."""
        for pack, name in self.hypotheses:
            yield StateKey(StateKind.HYPOTHESIS, hypothesis_key(pack, name, exercise=False))

    def is_affected(self, key: StateKey, change: RuleChange) -> bool:
        """Whether the state of a key has to be handled for a change of rules.

        Those of sources and storms need not: a tick ends the watch of a source that no pack names
        any more, and a storm.
        """
        if key.kind is StateKind.WINDOW:
            return key.rule not in self.windows or change.affects(key.rule)
        return key.kind is StateKind.HYPOTHESIS and key.rule not in self.hypotheses

    def due_at(self, key: StateKey, state: Any | None) -> datetime | None:
        """The clock time at which a tick has to be handled; None: never."""
        return self.by_kind[key.kind].due_at(key, state)
