"""Watched sources: whose silence is told, under which name, and what they feed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from schemas.alert import Level


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """A source by its name, with all below it where it is `named` in a pack.

    `every` is the silence that is expected of it, None where that is learnt; `never`: any silence
    is. `feeds` has the indicators that only sources known by name can show, this one among them.
    """

    name: str
    every: timedelta | None = None
    never: bool = False
    level: Level = Level.MEDIUM
    named: bool = False
    feeds: tuple[str, ...] = ()
    hypotheses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchedSources:
    """The sources that packs name, by their names without case; all others are themselves."""

    named: Mapping[str, WatchedSource] = field(default_factory=lambda: MappingProxyType({}))

    def names_of(self, source: str) -> tuple[str, ...]:
        """The names under which the reports of `source` are heard: at least one."""
        known = tuple(self.named[one].name for one in _above(source) if one in self.named)
        return known or (source,)

    def of(self, name: str) -> WatchedSource | None:
        """The source that is watched under `name`; None if it is watched under another."""
        if name not in self.names_of(name):
            return None
        return self.named.get(name.casefold()) or WatchedSource(name)


def covers(name: str, source: str) -> bool:
    """Whether `source` is `name`, or below it."""
    return name.casefold() in _above(source)


def _above(source: str) -> Iterator[str]:
    """The source and every name that it is below, the shortest first; without case."""
    parts = source.casefold().split(":")
    return (":".join(parts[: count + 1]) for count in range(len(parts)))
