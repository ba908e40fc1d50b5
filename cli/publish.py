"""`vedette rules publish`: puts rules in force in every worker, without a restart."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Protocol

import typer

from cli.checked_rules import CheckedRules, read_folder, refuse_failing
from cli.choices import choice_option
from cli.faults import CommandFailure
from cli.output import list_some, print_line
from cli.published_heads import choose_heads
from cli.rule_set import RulesFolder
from cli.settings import kafka_settings
from cli.source_rhythms import choose_rhythms
from cli.work_tree import read_author, read_commit
from schemas.bundle import OnChange, PublishedRule, RuleBundle
from services.counts import format_count
from services.matcher.domain.changes.next_bundle import (
    ChangePolicy,
    DifferenceKind,
    PublishInfo,
    RuleDifference,
    RuleSet,
    VersionedBundle,
    changes_nothing,
    compare_bundles,
    next_bundle,
    number_bundle,
    resolve_race,
)

MOST_RACES = 5

CommitOption = Annotated[str | None, typer.Option(help="Default: what git has checked out.")]
AuthorOption = Annotated[str | None, typer.Option(help="Default: who made that commit.")]
AllowRemovedOption = Annotated[
    bool, typer.Option("--allow-removed", help="Also where rules in force are missing here.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Compare with what is in force; publish nothing.")
]
SourcesOption = Annotated[
    Path | None,
    typer.Option(
        "--sources",
        help="Watch the sources of this folder too. Default: as those in force.",
        envvar="VEDETTE_SOURCES_DIR",
    ),
]
OnChangeOption = Annotated[
    OnChange, choice_option(OnChange, help="What happens to the windows of each rule that changed.")
]
ByRuleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="PACK/NAME=keep|reset|rebuild",
        help="What happens to the windows of this rule, changed or not. May be given again.",
    ),
]


class BundleTopic(Protocol):
    """The rules topic as a publisher uses it. Every method blocks on the broker."""

    def events_since(self) -> datetime | None:
        """The time since which the events topic is complete; None when it is empty."""
        ...

    def newest(self) -> VersionedBundle | None:
        """The bundle in force."""
        ...

    def after(self, number: int) -> list[VersionedBundle]:
        """The bundles after `number`, oldest first."""
        ...

    def write(self, bundle: RuleBundle) -> int:
        """Write the bundle; returns its number once the broker has acknowledged it."""
        ...


def publish(  # noqa: PLR0913  (typer makes an option of each)
    *,
    folder: RulesFolder = Path("rules"),
    sources: SourcesOption = None,
    commit: CommitOption = None,
    author: AuthorOption = None,
    on_change: OnChangeOption = OnChange.REBUILD,
    rule: ByRuleOption = None,
    allow_removed: AllowRemovedOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Check the rules, run their cases, and put them in force in every worker.

    The windows of a rule that changed are rebuilt from past events (rebuild), start empty (reset)
    or stay as they are (keep). Nothing of the past pages anybody. A rule in force that the folder
    does not have would lose its alerts and windows: that needs --allow-removed. With --sources,
    duty engineers are alerted when a source reports less often than its file says (`every`).

    The broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS, the topic's name begins with
    VEDETTE_TOPIC_PREFIX. Exit code 1 if the rules have a fault, 2 if they lack rules or no broker
    answers: nothing is published then.
    """
    checked = read_folder(folder)
    policy = read_policy(on_change, rule or (), checked.rule_set)
    # the other commands on rules need no Kafka, and start without its client
    topic: BundleTopic = import_module("cli.rules_topic").RulesTopicWriter(kafka_settings())
    events_since = topic.events_since()  # a broker that is away is reported before cases run
    refuse_failing(folder, checked)
    rule_set = _complete_rules(checked, sources, topic.newest())
    info = _make_info(folder, events_since, commit, author)
    act = preview_bundle if dry_run else publish_bundle
    for line in act(topic, rule_set, replace(policy, may_remove=allow_removed), info):
        print_line(line)


def _make_info(
    folder: Path, events_since: datetime | None, commit: str | None, author: str | None
) -> PublishInfo:
    """Who publishes, now: by default who made the commit that git has checked out."""
    return PublishInfo(
        at=datetime.now(UTC),
        events_since=events_since,
        commit=commit or read_commit(folder),
        author=author or read_author(folder),
    )


def _complete_rules(
    checked: CheckedRules, sources: Path | None, in_force: VersionedBundle | None
) -> RuleSet:
    """The rules with the heads of their `means`, and how often sources are to report."""
    heads = choose_heads(checked.files, checked.rulebook, in_force)
    return choose_rhythms(replace(checked.rule_set, heads=heads), sources, in_force)


def preview_bundle(
    topic: BundleTopic, rule_set: RuleSet, policy: ChangePolicy, info: PublishInfo
) -> Iterator[str]:
    """What `publish_bundle` would do, a line for each rule; nothing is written.

    Raises:
        CommandFailure: as `publish_bundle`, after the last line.
    """
    before = topic.newest()
    bundle = next_bundle(rule_set, policy, before, info)
    differences = list(compare_bundles(before, bundle))
    yield from map(_describe_difference, differences)
    _refuse_removed(differences, policy)
    changed = format_count(len(differences), "rule changes", "rules change")
    changes = "no change" if changes_nothing(before, bundle) else changed
    yield f"{changes} against {_name_bundle(before)}; nothing is published (--dry-run)"


def publish_bundle(
    topic: BundleTopic, rule_set: RuleSet, policy: ChangePolicy, info: PublishInfo
) -> Iterator[str]:
    """Write the next bundle, and another after each race with a publisher; yields what it did.

    Raises:
        CommandFailure: the rules lack some that are in force and the policy does not remove them,
            the broker does not take them, or others publish all the time.
    """
    before = topic.newest()
    for _ in range(MOST_RACES):
        bundle = next_bundle(rule_set, policy, before, info)
        if changes_nothing(before, bundle):
            yield f"bundle {bundle.previous} is the same: nothing to publish"
            return
        differences = list(compare_bundles(before, bundle))
        _refuse_removed(differences, policy)
        number = topic.write(bundle)
        yield from map(_describe_difference, differences)
        count = format_count(len(bundle.rules), "rule")
        yield f"bundle {number} is published: {count} with windows"
        between = [other for other in topic.after(bundle.previous) if other.number < number]
        policy = resolve_race(bundle, policy, [other.bundle for other in between], before)
        if not policy.by_rule:
            return
        yield f"bundle {between[-1].number} came in between: the rules that it changed start over"
        before = number_bundle(bundle, number)
    raise CommandFailure(f"somebody else publishes all the time: {MOST_RACES} bundles in a row")


def read_policy(on_change: OnChange, rules: Iterable[str], rule_set: RuleSet) -> ChangePolicy:
    """The policy of the options `--on-change` and `--rule`.

    Raises:
        CommandFailure: one names no rule with windows, or not what happens to them.
    """
    return ChangePolicy(on_change, dict(_read_by_rule(rules, rule_set)))


def _read_by_rule(options: Iterable[str], rule_set: RuleSet) -> Iterator[tuple[str, OnChange]]:
    for option in options:
        name, _, on_change = option.partition("=")
        if name not in rule_set.rules:
            raise CommandFailure(f"--rule {option}: these rules have no {name} with windows")
        try:
            yield name, OnChange(on_change)
        except ValueError:
            raise CommandFailure(
                f"--rule {option}: must end in =keep, =reset or =rebuild"
            ) from None


def _refuse_removed(differences: Iterable[RuleDifference], policy: ChangePolicy) -> None:
    removed = [each.name for each in differences if each.kind is DifferenceKind.REMOVED]
    if removed and not policy.may_remove:
        count = format_count(len(removed), "rule in force is", "rules in force are")
        raise CommandFailure(
            f"not published: {count} missing here and would lose their"
            f" alerts and windows: {list_some(removed)}; publish the folder that has them, or"
            " give --allow-removed"
        )


def _name_bundle(bundle: VersionedBundle | None) -> str:
    return "nothing in force" if bundle is None else f"bundle {bundle.number}"


def _describe_difference(difference: RuleDifference) -> str:
    return f"{difference.kind:8} {difference.name}: {_describe_windows(difference.rule)}"


def _describe_windows(rule: PublishedRule | None) -> str:
    if rule is None:
        return "its alerts are resolved, its windows dropped"
    if rule.changed_in is not None:
        return "its windows stay as they are"
    if rule.on_change is OnChange.RESET or rule.since is None:
        return "its windows start empty"
    return f"its windows are rebuilt from events since {rule.since:%Y-%m-%d %H:%M} UTC"
