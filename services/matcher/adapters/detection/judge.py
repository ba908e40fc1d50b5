"""The judge: the signals of an event, and the faults of the rules that failed on it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from schemas.event import Event
from schemas.signal import Signal
from services.matcher.adapters.rules.guard import RuleFault, guarded
from services.matcher.domain.rules.rulebook import Rulebook, unindexed
from services.matcher.domain.rules.signals import signals

EVERY_RULE = "detect"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one event."""

    signals: tuple[Signal, ...]
    faults: tuple[RuleFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """All rules in force."""

    rulebook: Rulebook

    def __call__(self, event: Event) -> Verdict:
        """Ask every rule; one that fails costs what it alone would have said."""
        found = guarded(EVERY_RULE, lambda: signals(self.rulebook, event))
        if not isinstance(found, RuleFault):
            return Verdict(found)
        told = list(self._one_by_one(event))
        faults = tuple(one for one in told if isinstance(one, RuleFault))
        if len(faults) == len(told):
            return Verdict((), (found,))
        good = (one for one in told if not isinstance(one, RuleFault))
        return Verdict(tuple(chain.from_iterable(good)), faults)

    def _one_by_one(self, event: Event) -> Iterator[tuple[Signal, ...] | RuleFault]:
        for pack in self.rulebook.packs:
            for rule in pack.rules:
                alone = replace(self.rulebook, packs=(unindexed(pack, (rule,)),))
                yield guarded(rule.name, partial(signals, alone, event))
