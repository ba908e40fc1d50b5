"""`vedette rules publish`: put rules in force in every worker, without a restart."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Protocol

import typer

from cli.faults import CommandFailure
from cli.rule_set import RulesFolder, every_fault, report, run_cases, tell
from cli.settings import kafka_settings
from cli.work_tree import author_of, commit_of
from schemas.bundle import OnChange, RuleBundle
from services.matcher.adapters.rules.pack_files import bundle_files, read_folder
from services.matcher.adapters.rules.rule_files import read_packs
from services.matcher.domain.changes.digest import digest_rules
from services.matcher.domain.changes.next_bundle import (
    ChangePolicy,
    PublishInfo,
    RuleDifference,
    RuleDigest,
    RuleSet,
    VersionedBundle,
    changes,
    next_bundle,
    number_bundle,
    overtaken,
    same,
)

AT_FAULT = 1
MOST_RACES = 5

OnChangeOption = Annotated[
    OnChange, typer.Option(help="What becomes of the windows of each rule that changed.")
]
ByRuleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="PACK/NAME=keep|reset|rebuild",
        help="What becomes of the windows of this rule, changed or not. May be given again.",
    ),
]


class BundleTopic(Protocol):
    """Where bundles stand, each with its number, beside the events."""

    def begins(self) -> datetime | None:
        """Since when events are kept; None if there are none."""
        ...

    def newest(self) -> VersionedBundle | None:
        """The one that counts now."""
        ...

    def after(self, number: int) -> list[VersionedBundle]:
        """Those behind `number`, oldest first."""
        ...

    def write(self, bundle: RuleBundle) -> int:
        """Have it there for good, and return its number."""
        ...


def publish(
    folder: RulesFolder = Path("rules"),
    commit: Annotated[str | None, typer.Option(help="Default: what git has checked out.")] = None,
    author: Annotated[str | None, typer.Option(help="Default: who made that commit.")] = None,
    on_change: OnChangeOption = OnChange.REBUILD,
    rule: ByRuleOption = None,
) -> None:
    """Check the rules, run their cases, and put them in force in every worker.

    What a rule decides on may have changed: its windows are then built again from past events
    (rebuild), begin empty (reset) or stay as they are (keep). Nothing of the past pages anybody.

    The broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS, the topic's name begins with
    VEDETTE_TOPIC_PREFIX. Exit code 1 if the rules have a fault: nothing is published then.
    """
    edition = edition_of(folder)
    declared = declared_of(on_change, rule or (), edition)
    # the other commands on rules need no Kafka, and start without its client
    topic: BundleTopic = import_module("cli.rules_topic").RulesTopicWriter(kafka_settings())
    stamp = PublishInfo(
        at=datetime.now(UTC),
        begins=topic.begins(),
        commit=commit or commit_of(folder),
        author=author or author_of(folder),
    )
    for line in published(topic, edition, declared, stamp):
        typer.echo(line)


def edition_of(folder: Path) -> RuleSet:
    """The rules of a folder, free of faults, with every case as it expects.

    Raises:
        Exit: they are not; what is wrong has been told.
        CommandFailure: there is no such folder.
    """
    if not folder.is_dir():
        raise CommandFailure(f"{folder}: no such folder")
    packs, faults = read_folder(folder)
    files = read_packs(packs, faults)
    rulebook, found = files.rulebook()
    wrong = every_fault(files, found)
    report(wrong)
    failing = [(case, lines) for case, lines in run_cases(files, rulebook, found) if lines]
    for case, lines in failing:
        tell(case, lines)
    if wrong or failing or not rulebook.windows:
        typer.echo(f"{folder}: not published", err=True)
        raise typer.Exit(AT_FAULT)
    digests = digest_rules(files.packs, rulebook.windows)
    said = {
        "/".join(key): RuleDigest(digest, rulebook.windows[key].retention)
        for key, digest in digests.items()
    }
    return RuleSet(bundle_files(packs), said)


def published(
    topic: BundleTopic, edition: RuleSet, declared: ChangePolicy, stamp: PublishInfo
) -> Iterator[str]:
    """Write the next bundle, and again while somebody else came in between; says what it does.

    Raises:
        CommandFailure: the broker does not take it, or others publish all the time.
    """
    before = topic.newest()
    for _ in range(MOST_RACES):
        bundle = next_bundle(edition, declared, before, stamp)
        if same(before, bundle):
            yield f"bundle {bundle.previous} says the same: nothing to publish"
            return
        number = topic.write(bundle)
        yield from map(_line, changes(before, bundle))
        yield f"bundle {number} is published: {len(bundle.rules)} rules with windows"
        between = [one for one in topic.after(bundle.previous) if one.number < number]
        declared = overtaken(bundle, declared, [one.bundle for one in between], before)
        if not declared.by_rule:
            return
        yield f"bundle {between[-1].number} came in between: what it changed begins anew"
        before = number_bundle(bundle, number)
    raise CommandFailure(f"somebody else publishes all the time: {MOST_RACES} bundles in a row")


def declared_of(on_change: OnChange, rules: Iterable[str], edition: RuleSet) -> ChangePolicy:
    """What the options declare.

    Raises:
        CommandFailure: one names no rule with windows, or nothing that can become of them.
    """
    return ChangePolicy(on_change, dict(_named(rules, edition)))


def _named(given: Iterable[str], edition: RuleSet) -> Iterator[tuple[str, OnChange]]:
    for one in given:
        name, _, how = one.partition("=")
        if name not in edition.rules:
            raise CommandFailure(f"--rule {one}: these rules have no {name} with windows")
        try:
            yield name, OnChange(how)
        except ValueError:
            raise CommandFailure(f"--rule {one}: must end in =keep, =reset or =rebuild") from None


def _line(change: RuleDifference) -> str:
    return f"{change.what:8} {change.name}: {_becomes(change)}"


def _becomes(change: RuleDifference) -> str:
    standing = change.standing
    if standing is None:
        return "its alerts are resolved, its windows dropped"
    if standing.changed_in is not None:
        return "its windows stay as they are"
    if standing.on_change is OnChange.RESET or standing.since is None:
        return "its windows begin empty"
    return f"its windows are built again from events since {standing.since:%Y-%m-%d %H:%M} UTC"
