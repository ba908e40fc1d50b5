"""The source that a token belongs to, and which sources it may publish as."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.event import Reliability


@dataclass(frozen=True, slots=True)
class Reporter:
    """A source as the token file has it, or anybody (`source` None) where ingest is open.

    Owner and grade never come from a body. Without a token, the owner of a report is its source up
    to the first colon: who invents channels is no second source.
    `token_sources` are the sources of all tokens. A rate that is None is that of every token.
    """

    source: str | None
    owner: str | None = None
    reliability: Reliability | None = None
    token_sources: frozenset[str] = frozenset()
    reports_per_second: float | None = None
    bytes_per_second: float | None = None

    def own(self, source: object) -> str | None:
        """The owner of what is published as `source`; None where that is no text."""
        if self.source is not None:
            return self.owner
        return (source.partition(":")[0] or None) if isinstance(source, str) else None

    def may_publish(self, source: str) -> bool:
        """Whether `source` is this one or a channel below it (`telegram:@channel`).

        A source belongs to the longest of the token sources that it is or is below.
        """
        above = _self_and_above(source)
        known = (name for name in above if name == self.source or name in self.token_sources)
        owner = next(known, None)
        return owner == self.source and source != f"{owner}:"

    def is_of_another(self, corrected: str) -> bool:
        """Whether a corrected id is written as `SOURCE ID`, of a source that has another token."""
        source, space, _ = corrected.partition(" ")
        has_token = any(name in self.token_sources for name in _self_and_above(source))
        return bool(space) and has_token and not self.may_publish(source)


def _self_and_above(source: str) -> Iterator[str]:
    while source:
        yield source
        source = source.rpartition(":")[0]
