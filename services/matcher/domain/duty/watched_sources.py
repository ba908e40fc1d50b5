"""Watched sources: the sources that packs expect reports of, and what each of them feeds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from schemas.alert import Level


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """A source that a pack names, together with every source below it.

    It is silent after `every` without a report. `feeds` are the indicators that only sources known
    by name can show, this one or one below it among them.
    """

    name: str
    every: timedelta
    level: Level = Level.MEDIUM
    feeds: tuple[str, ...] = ()
    hypotheses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchedSources:
    """The watched sources, by name in lower case. No other source is watched."""

    by_name: Mapping[str, WatchedSource] = field(default_factory=lambda: MappingProxyType({}))

    def covering(self, source: str) -> tuple[WatchedSource, ...]:
        """The watched sources that the reports of `source` are reports of."""
        if not self.by_name:
            return ()
        return tuple(self.by_name[name] for name in _prefixes(source) if name in self.by_name)

    def get(self, name: str) -> WatchedSource | None:
        """The source that is watched under exactly this name."""
        source = self.by_name.get(name.casefold())
        return source if source is not None and source.name == name else None


def covers(name: str, source: str) -> bool:
    """Whether `source` is `name` or below it: `telegram` covers `telegram:@channel`."""
    return name.casefold() in _prefixes(source)


def _prefixes(source: str) -> Iterator[str]:
    """The source and every name that it is below, the shortest first, in lower case."""
    parts = source.casefold().split(":")
    return (":".join(parts[: count + 1]) for count in range(len(parts)))
