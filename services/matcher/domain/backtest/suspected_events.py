"""The events of a case that the reader is taken to suspect, and the hits that they give."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from schemas.event import Event
from schemas.rule import TestEvent
from schemas.signal import Signal
from services.matcher.domain.rules.reader_rulebook import make_reader_rulebook
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.suspected_hits import suspect_named


@dataclass(frozen=True, slots=True)
class SuspectedEvents:
    """The hits by the identity of their event, and a line for each rule that gives none."""

    signals: Mapping[str, Sequence[Signal]]
    differences: tuple[str, ...]

    @classmethod
    def of(cls, rulebook: Rulebook, written: Iterable[tuple[Event, TestEvent]]) -> Self:
        """Those of the events of a case, as they are written; no model is asked."""
        named = [(event, test.suspected) for event, test in written if test.suspected]
        reading = make_reader_rulebook(rulebook) if named else rulebook
        found = {
            (event.identity, name): suspect_named(rulebook, reading, event, name)
            for event, names in named
            for name in names
        }
        signals: dict[str, list[Signal]] = {}
        for (identity, _name), hits in found.items():
            signals.setdefault(identity, []).extend(hits)
        silent = (named for named, hits in found.items() if not hits)
        return cls(signals, tuple(_describe(identity, name) for identity, name in silent))


def _describe(identity: str, name: str) -> str:
    return (
        f"{identity} cannot be suspected of {name}: words find it, "
        "or what stands beside means is not there"
    )
