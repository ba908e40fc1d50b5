"""The next bundle: made from a set of rules and the bundle in force."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.bundle import NO_BUNDLE, OnChange, PublishedRule, RuleBundle
from schemas.reader_heads import PackHeads
from services.matcher.domain.changes.digest import compute_digest


@dataclass(frozen=True, slots=True)
class RuleDigest:
    """The digests of a rule with windows, and how long it keeps a hit."""

    digest: str
    retention: timedelta
    alerting: str = ""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules to publish: each file by its path, each rule with windows by `pack/name`.

    `heads` are those of the reader, by pack.
    """

    files: Mapping[str, str]
    rules: Mapping[str, RuleDigest]
    heads: Mapping[str, PackHeads] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangePolicy:
    """What happens to the windows of changed rules, and of the rules named in `by_rule`.

    `may_remove`: whether rules in force may be missing, and lose their alerts and windows.
    """

    default: OnChange = OnChange.REBUILD
    by_rule: Mapping[str, OnChange] = field(default_factory=dict)
    may_remove: bool = False

    def for_rule(self, name: str, *, changed: bool) -> OnChange:
        """What happens to the windows of one rule; a rule in `by_rule` need not have changed."""
        return self.by_rule.get(name, self.default if changed else OnChange.KEEP)


@dataclass(frozen=True, slots=True)
class PublishInfo:
    """When a bundle is published and by whom.

    `events_since` is the time since which the events topic is complete, None when it is empty.
    """

    at: datetime
    events_since: datetime | None = None
    commit: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class VersionedBundle:
    """A bundle of the topic with its number; every rule has a `changed_in` and a `judged_in`."""

    number: int
    bundle: RuleBundle


def number_bundle(bundle: RuleBundle, number: int) -> VersionedBundle:
    """The bundle with the number that the topic gave it."""
    rules = {name: _number_rule(rule, number) for name, rule in bundle.rules.items()}
    return VersionedBundle(number, bundle.model_copy(update={"rules": rules}))


def _number_rule(rule: PublishedRule, number: int) -> PublishedRule:
    known = {"changed_in": rule.changed_in, "judged_in": rule.judged_in}
    missing = {field: number for field, known_in in known.items() if known_in is None}
    return rule.model_copy(update=missing) if missing else rule


def next_bundle(
    rule_set: RuleSet, policy: ChangePolicy, before: VersionedBundle | None, info: PublishInfo
) -> RuleBundle:
    """The bundle to publish after `before`."""
    published = _published_rules(rule_set, policy, before)
    rules = {}
    for name, rule in sorted(rule_set.rules.items()):
        former = published.get(name)
        on_change = policy.for_rule(name, changed=former is None or former.digest != rule.digest)
        rules[name] = _publish_rule(rule, former, on_change, info)
    return RuleBundle(
        digest=compute_digest(rule_set.files),
        published_at=info.at,
        previous=NO_BUNDLE if before is None else before.number,
        commit=info.commit,
        author=info.author,
        files=dict(rule_set.files),
        rules=rules,
        heads=dict(rule_set.heads),
    )


def _published_rules(
    rule_set: RuleSet, policy: ChangePolicy, before: VersionedBundle | None
) -> Mapping[str, PublishedRule]:
    """The rules of `before`; the first bundle may keep the windows of rules read from a folder."""
    if before is not None:
        return before.bundle.rules
    if policy.default is not OnChange.KEEP:
        return {}
    from_folder = PublishedRule(digest="", on_change=OnChange.KEEP, changed_in=NO_BUNDLE)
    return dict.fromkeys(rule_set.rules, from_folder)


def _publish_rule(
    rule: RuleDigest, former: PublishedRule | None, on_change: OnChange, info: PublishInfo
) -> PublishedRule:
    if on_change is OnChange.KEEP and former is not None:
        return _keep_windows(rule, former)
    since = info.at
    if on_change is OnChange.REBUILD and info.events_since is not None:
        since = max(info.at - rule.retention, info.events_since)
    return PublishedRule(
        digest=rule.digest,
        # a new rule has no windows to keep
        on_change=OnChange.RESET if on_change is OnChange.KEEP else on_change,
        changed_at=info.at,
        since=since,
        alerting=rule.alerting,
    )


def _keep_windows(rule: RuleDigest, former: PublishedRule) -> PublishedRule:
    """The rule, whose alerts are judged anew if anything that they depend on has changed."""
    is_same = (rule.digest, rule.alerting) == (former.digest, former.alerting)
    judged_in = former.judged_in if is_same else None
    known = {"digest": rule.digest, "alerting": rule.alerting, "judged_in": judged_in}
    return former.model_copy(update=known)


def changes_nothing(before: VersionedBundle | None, after: RuleBundle) -> bool:
    """Whether the bundle has the files, rules and heads that are in force already."""
    return before is not None and _content(before.bundle) == _content(after)


def _content(bundle: RuleBundle) -> tuple[object, ...]:
    return bundle.digest, bundle.rules, bundle.heads


def resolve_race(
    written: RuleBundle,
    policy: ChangePolicy,
    between: Iterable[RuleBundle],
    before: VersionedBundle | None,
) -> ChangePolicy:
    """The policy for the bundle after `written`, which was not made from those `between`.

    They were in force for a moment, so the windows of each rule that they changed hold hits of
    other rules. Those that `written` does not start over are in `by_rule`; with none, the race did
    no harm.
    """
    known = {} if before is None else before.bundle.rules
    started_over = {name for name, rule in written.rules.items() if rule.changed_in is None}
    changed = {
        name
        for bundle in between
        for name in (bundle.rules.keys() | known.keys()) - started_over
        if bundle.rules.get(name) != known.get(name)
    }
    by_rule = {name: policy.for_rule(name, changed=True) for name in changed}
    return replace(policy, by_rule=by_rule)


class DifferenceKind(StrEnum):
    """What a bundle does to a rule with windows."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """What a bundle does to one rule; `rule` is None when it is removed."""

    name: str
    kind: DifferenceKind
    rule: PublishedRule | None = None


def compare_bundles(before: VersionedBundle | None, after: RuleBundle) -> Iterator[RuleDifference]:
    """Each rule with windows that is published otherwise than before, by name."""
    known = {} if before is None else before.bundle.rules
    for name in sorted(known.keys() | after.rules.keys()):
        former, rule = known.get(name), after.rules.get(name)
        if rule is None:
            yield RuleDifference(name, DifferenceKind.REMOVED)
        elif rule != former:
            kind = DifferenceKind.NEW if former is None else DifferenceKind.CHANGED
            yield RuleDifference(name, kind, rule)
