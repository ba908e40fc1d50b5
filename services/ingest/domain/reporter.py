"""Whom a token stands for, and which sources it may publish as."""

from dataclasses import dataclass

from schemas.event import Reliability


@dataclass(frozen=True, slots=True)
class Reporter:
    """A source as the token file knows it: owner and grade never come from a body."""

    source: str
    owner: str | None = None
    reliability: Reliability | None = None

    def may_publish(self, source: str) -> bool:
        """Whether `source` is this one, or one of its channels (`telegram:@channel`)."""
        prefix = f"{self.source}:"
        return source == self.source or (source.startswith(prefix) and source != prefix)
