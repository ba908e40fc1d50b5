"""The rules of one signals partition: which made its states, and since when each watches."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec

from schemas.bundle import NO_BUNDLE
from services.matcher.domain.rules.rulebook import Rulebook, RuleKey


class RuleRecord(msgspec.Struct, frozen=True):
    """The rules that the states of a signals partition were made by.

    They are those of bundle `bundle`; `digest` is that of their names. `since` is the clock's time
    when it first met each rule, by `pack/rule`.
    """

    bundle: int = NO_BUNDLE
    digest: str = ""
    since: dict[str, datetime] = {}

    def watch(self, rules: Iterable[RuleKey], now: datetime | None) -> "RuleRecord":
        """The record in which the rules that it had not met watch from `now` on, if it is known."""
        fresh = [name for rule in rules if (name := _name_of(rule)) not in self.since]
        if now is None or not fresh:
            return self
        return msgspec.structs.replace(self, since={**self.since, **dict.fromkeys(fresh, now)})

    def watching_since(self, rule: RuleKey) -> datetime | None:
        """When the rule began to watch; None if it has not been met."""
        return self.since.get(_name_of(rule))

    def migrate(self, rulebook: Rulebook) -> "RuleRecord":
        """The record of states made by this rulebook; rules that are gone are forgotten."""
        names = {_name_of(rule) for rule in rulebook.windows}
        since = {name: time for name, time in self.since.items() if name in names}
        return RuleRecord(rulebook.number, digest_names(rulebook), since)

    def is_current(self, number: int, digest: str) -> bool:
        """Whether the states need not migrate to a bundle; they never do to an older one.

        Of rules from a folder, which have no number, only the names are compared.
        """
        if number != self.bundle:
            return number < self.bundle
        return number != NO_BUNDLE or self.digest in ("", digest)

    def with_digest(self, digest: str) -> "RuleRecord":
        """The record with this digest."""
        return self if self.digest == digest else msgspec.structs.replace(self, digest=digest)


def _name_of(rule: RuleKey) -> str:
    return "/".join(rule)


def digest_names(rulebook: Rulebook) -> str:
    """A digest of the names of the rules and hypotheses of a rulebook."""
    hypotheses = (f"{hypothesis.pack}:{hypothesis.name}" for hypothesis in rulebook.hypotheses)
    names = sorted([*map(_name_of, rulebook.windows), *hypotheses])
    return hashlib.sha256(" ".join(names).encode()).hexdigest()[:16]
