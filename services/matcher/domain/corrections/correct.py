"""Correcting: which versions of a report a retraction takes out of windows.

A version that another one corrects never counts, and of the others the last recorded does. That is
a function of the set of corrections, whatever their order, as long as what corrects a version was
recorded after it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from schemas.retraction import Retraction
from services.matcher.domain.corrections.event_version import Dated, EventVersion
from services.matcher.domain.windows.state import micros

FindVersion = Callable[[str], EventVersion | None]
"""What is known of the event of an identity."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a retraction changes: the events that count no more, and what is known of versions."""

    retracted: frozenset[str]
    versions: Mapping[str, EventVersion]


def is_retracted(identity: str, find: FindVersion) -> bool:
    """Whether an event does not count, since it is corrected or another version is newer."""
    version = find(identity)
    if version is None:
        return False
    return version.correction is not None or _Versions(find).counting(identity) != identity


def correct(retraction: Retraction, find: FindVersion, seen: int, offset: int) -> Correction:
    """Apply a retraction at time `seen`. Applying it again changes nothing."""
    versions = _Versions(find)
    corrected, by = retraction.identity, retraction.by
    counted = {versions.counting(corrected), versions.counting(by)}
    versions.add(by, micros(retraction.recorded_at))
    versions.link(corrected, by)
    versions.join(corrected, by)
    retracted = {corrected, by, *counted} - {versions.counting(by)}
    return Correction(frozenset(retracted), versions.touch((corrected, by), seen, offset))


@dataclass(slots=True)
class _Versions:
    """Versions by identity, as `find` has them and with what is `changed`."""

    find: FindVersion
    changed: dict[str, EventVersion] = field(default_factory=dict)

    def get(self, identity: str) -> EventVersion:
        return self.changed.get(identity) or self.find(identity) or EventVersion()

    def counting(self, identity: str) -> str:
        """The version that counts of the report that `identity` is one of.

        It is corrected itself only where versions correct each other in a circle.
        """
        newest = self.get(self.root(identity)).newest
        name, passed = (identity if newest is None else newest[1]), set[str]()
        while name not in passed and (correction := self.get(name).correction) is not None:
            passed.add(name)
            name = correction[1]
        return name

    def root(self, identity: str) -> str:
        *_, root = self.path(identity)
        return root

    def path(self, identity: str) -> Iterator[str]:
        """From a version to its root; short, since the smaller tree joins the larger."""
        name: str | None = identity
        while name is not None:
            yield name
            name = self.get(name).parent

    def add(self, identity: str, recorded: int) -> None:
        """A version that was recorded then; delivered again, the first time counts."""
        if self.get(identity).recorded is not None:
            return
        self._change(identity, recorded=recorded)
        root = self.root(identity)
        self._change(root, newest=_later(self.get(root).newest, (recorded, identity)))

    def link(self, corrected: str, by: str) -> None:
        """One version corrects the other."""
        last = self.get(corrected).correction
        self._change(corrected, correction=_later(last, (self.get(by).recorded or 0, by)))

    def join(self, one: str, other: str) -> None:
        """Both are versions of one report."""
        small, large = sorted(
            (self.root(one), self.root(other)), key=lambda name: (self.get(name).size, name)
        )
        if small == large:
            return
        joined, root = self.get(small), self.get(large)
        self._change(small, parent=large)
        newest = root.newest if joined.newest is None else _later(root.newest, joined.newest)
        self._change(large, size=root.size + joined.size, newest=newest)

    def touch(
        self, identities: tuple[str, ...], seen: int, offset: int
    ) -> Mapping[str, EventVersion]:
        """What changed: all on the way to the root lives for as long as what leads to it."""
        for name in {name for identity in identities for name in self.path(identity)}:
            later = max(seen, self.get(name).seen)
            self._change(name, seen=later, offset=max(offset, self.get(name).offset))
        return self.changed

    def _change(self, identity: str, **changes: object) -> None:
        self.changed[identity] = msgspec.structs.replace(self.get(identity), **changes)


def _later(known: Dated | None, other: Dated) -> Dated:
    return other if known is None else max(known, other)
