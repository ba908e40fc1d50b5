"""Succession: the next bundle, made from a set of rules and the bundle that is in force."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.bundle import NO_BUNDLE, OnChange, PublishedRule, RuleBundle
from services.matcher.domain.changes.digest import compute_digest


@dataclass(frozen=True, slots=True)
class RuleDigest:
    """What a rule with windows says: the digest of it, and how long a hit of it is kept."""

    digest: str
    kept: timedelta


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules to be published: every file by its path, and every rule with windows by `pack/name`."""

    files: Mapping[str, str]
    rules: Mapping[str, RuleDigest]


@dataclass(frozen=True, slots=True)
class ChangePolicy:
    """What becomes of windows: of changed rules in general, and of the rules named."""

    in_general: OnChange = OnChange.REBUILD
    by_rule: Mapping[str, OnChange] = field(default_factory=dict)

    def of(self, name: str, *, changed: bool) -> OnChange:
        """What becomes of the windows of one rule; a rule that is named need not have changed."""
        return self.by_rule.get(name, self.in_general if changed else OnChange.KEEP)


@dataclass(frozen=True, slots=True)
class PublishInfo:
    """When a bundle is published and by whom.

    `begins` is how far back the events topic goes, None when it is empty.
    """

    at: datetime
    begins: datetime | None = None
    commit: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class VersionedBundle:
    """A bundle as it stands in the topic: each of its standings has a number."""

    number: int
    bundle: RuleBundle


def number_bundle(bundle: RuleBundle, number: int) -> VersionedBundle:
    """The bundle with the number that it turned out to have."""
    rules = {
        name: one.model_copy(update={"changed_in": number}) if one.changed_in is None else one
        for name, one in bundle.rules.items()
    }
    return VersionedBundle(number, bundle.model_copy(update={"rules": rules}))


def next_bundle(
    edition: RuleSet, declared: ChangePolicy, before: VersionedBundle | None, stamp: PublishInfo
) -> RuleBundle:
    """The bundle to publish after `before`."""
    known = _known(edition, declared, before)
    rules = {}
    for name, said in sorted(edition.rules.items()):
        was = known.get(name)
        how = declared.of(name, changed=was is None or was.digest != said.digest)
        rules[name] = _standing(said, was, how, stamp)
    return RuleBundle(
        digest=compute_digest(edition.files),
        published_at=stamp.at,
        previous=NO_BUNDLE if before is None else before.number,
        commit=stamp.commit,
        author=stamp.author,
        files=dict(edition.files),
        rules=rules,
    )


def _known(
    edition: RuleSet, declared: ChangePolicy, before: VersionedBundle | None
) -> Mapping[str, PublishedRule]:
    """How rules stood; the first bundle of all may keep what workers counted without one."""
    if before is not None:
        return before.bundle.rules
    if declared.in_general is not OnChange.KEEP:
        return {}
    counted = PublishedRule(digest="", on_change=OnChange.KEEP, changed_in=NO_BUNDLE)
    return dict.fromkeys(edition.rules, counted)


def _standing(
    said: RuleDigest, was: PublishedRule | None, how: OnChange, stamp: PublishInfo
) -> PublishedRule:
    if how is OnChange.KEEP and was is not None:
        return was.model_copy(update={"digest": said.digest})
    begins = stamp.at
    if how is OnChange.REBUILD and stamp.begins is not None:
        begins = max(stamp.at - said.kept, stamp.begins)
    return PublishedRule(
        digest=said.digest,
        # a rule that is new has nothing to keep
        on_change=OnChange.RESET if how is OnChange.KEEP else how,
        changed_at=stamp.at,
        since=begins,
    )


def same(before: VersionedBundle | None, after: RuleBundle) -> bool:
    """Whether the bundle says nothing that is not in force already."""
    return before is not None and (before.bundle.digest, before.bundle.rules) == (
        after.digest,
        after.rules,
    )


def overtaken(
    written: RuleBundle,
    declared: ChangePolicy,
    between: Iterable[RuleBundle],
    before: VersionedBundle | None,
) -> ChangePolicy:
    """What to declare after `written` came to stand behind bundles that it does not know.

    Workers had them in force for a moment: the windows of each rule that they changed, and
    `written` did not begin anew, hold what they counted.
    """
    known = {} if before is None else before.bundle.rules
    anew = {name for name, one in written.rules.items() if one.changed_in is None}
    stirred = {
        name
        for bundle in between
        for name in (bundle.rules.keys() | known.keys()) - anew
        if bundle.rules.get(name) != known.get(name)
    }
    return replace(declared, by_rule={name: declared.of(name, changed=True) for name in stirred})


class DifferenceKind(StrEnum):
    """What a bundle is to a rule with windows."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """What a bundle is to one rule, and how that stands in it (not at all, when removed)."""

    name: str
    what: DifferenceKind
    standing: PublishedRule | None = None


def changes(before: VersionedBundle | None, after: RuleBundle) -> Iterator[RuleDifference]:
    """Every rule with windows that does not stand as it did, in the order of the alphabet."""
    known = {} if before is None else before.bundle.rules
    for name in sorted(known.keys() | after.rules.keys()):
        was, stands = known.get(name), after.rules.get(name)
        if stands is None:
            yield RuleDifference(name, DifferenceKind.REMOVED)
        elif stands != was:
            yield RuleDifference(
                name, DifferenceKind.NEW if was is None else DifferenceKind.CHANGED, stands
            )
