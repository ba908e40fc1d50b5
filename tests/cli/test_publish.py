"""Publishing: only rules without a fault, bundle after bundle, also beside other publishers."""

import os
import re
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.checked_rules import read_folder, refuse_failing
from cli.faults import CommandFailure
from cli.publish import preview_bundle, publish_bundle, read_policy
from cli.rules import app
from cli.rules_topic import check_size
from cli.work_tree import read_author, read_commit
from schemas.bundle import LARGEST_RULES, OnChange, RuleBundle
from services.matcher.domain.changes.next_bundle import (
    ChangePolicy,
    PublishInfo,
    RuleDigest,
    RuleSet,
    VersionedBundle,
    next_bundle,
    number_bundle,
)
from tests.matcher.adapters.rules.packs import ROCKETS, changed, write_pack

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
INFO = PublishInfo(NOW, NOW - timedelta(days=30))
REBUILD = ChangePolicy()


@dataclass
class FakeTopic:
    """Bundles in memory; the offsets between them are taken by other messages.

    Each of `others` is published by somebody else right before the next write.
    """

    others: list[RuleSet] = field(default_factory=list)
    bundles: list[VersionedBundle] = field(default_factory=list)

    def events_since(self) -> datetime | None:
        return INFO.events_since

    def newest(self) -> VersionedBundle | None:
        return self.bundles[-1] if self.bundles else None

    def after(self, number: int) -> list[VersionedBundle]:
        return [bundle for bundle in self.bundles if bundle.number > number]

    def write(self, bundle: RuleBundle) -> int:
        if self.others:
            self._add(next_bundle(self.others.pop(), REBUILD, self.newest(), INFO))
        return self._add(bundle)

    def _add(self, bundle: RuleBundle) -> int:
        number = 3 * len(self.bundles) + 1
        self.bundles.append(number_bundle(bundle, number))
        return number


def rule_set(**digests: str) -> RuleSet:
    rules = {
        f"pack/{name}": RuleDigest(digest, timedelta(days=14)) for name, digest in digests.items()
    }
    return RuleSet({"pack/indicators/all.yaml": str(digests)}, rules)


def test_a_folder_is_read_as_a_rule_set(tmp_path: Path) -> None:
    rule_set = read_folder(write_pack(tmp_path)).rule_set

    assert set(rule_set.files) == {
        "iraq/indicators/rockets.yaml",
        "iraq/lists/proxies.yaml",
        "iraq/pack.yaml",
    }
    assert set(rule_set.rules) == {"iraq/rockets"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("level: high\n", "levle: high\n", "levle: there is no such key"),
        ("expect: silent", "expect: [{fires: rockets}]", "tests: "),
        ("at: 1h, level: high,", "at: 1h, level: low,", "expected level 'low', not 'high'"),
    ],
    ids=["fault", "lacking", "case"],
)
def test_rules_with_a_fault_or_a_failing_case_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    pack = write_pack(tmp_path, indicators__rockets=changed(ROCKETS, old, new))

    with pytest.raises(typer.Exit) as ended:
        refuse_failing(pack, read_folder(pack))

    printed = capsys.readouterr()
    assert ended.value.exit_code == 1
    assert message in printed.out + printed.err
    assert "not published" in printed.err


def test_each_rule_that_changed_is_printed_with_what_happens_to_its_windows() -> None:
    topic = FakeTopic()
    list(publish_bundle(topic, rule_set(gone="1", kept="1", reset="1", stays="1"), REBUILD, INFO))
    policy = ChangePolicy(
        by_rule={"pack/kept": OnChange.KEEP, "pack/reset": OnChange.RESET}, may_remove=True
    )

    after = rule_set(kept="2", reset="2", stays="1", new="1")
    lines = list(publish_bundle(topic, after, policy, INFO))

    assert lines == [
        "removed  pack/gone: its alerts are resolved, its windows dropped",
        "changed  pack/kept: its windows stay as they are",
        "new      pack/new: its windows are rebuilt from events since 2026-11-08 12:00 UTC",
        "changed  pack/reset: its windows start empty",
        "bundle 4 is published: 4 rules with windows",
    ]


def test_rules_in_force_that_are_missing_are_not_removed_unasked() -> None:
    topic = FakeTopic()
    many = {f"r{number:02}": "1" for number in range(12)}
    list(publish_bundle(topic, rule_set(**many, stays="1"), REBUILD, INFO))

    with pytest.raises(CommandFailure, match=r"12 rules in force are missing here.* and 2 more"):
        list(publish_bundle(topic, rule_set(stays="1", new="1"), REBUILD, INFO))

    assert len(topic.bundles) == 1


def test_one_missing_rule_is_named_with_the_way_out() -> None:
    topic = FakeTopic()
    list(publish_bundle(topic, rule_set(gone="1", stays="1"), REBUILD, INFO))

    with pytest.raises(CommandFailure, match=r"1 rules? in force .*pack/gone; .*--allow-removed$"):
        list(publish_bundle(topic, rule_set(stays="1"), REBUILD, INFO))


def test_a_dry_run_says_what_would_change_and_writes_nothing() -> None:
    topic = FakeTopic()
    list(publish_bundle(topic, rule_set(a="1", gone="1"), REBUILD, INFO))

    after = rule_set(a="2")
    lines = list(preview_bundle(topic, after, ChangePolicy(may_remove=True), INFO))

    assert lines == [
        "changed  pack/a: its windows are rebuilt from events since 2026-11-08 12:00 UTC",
        "removed  pack/gone: its alerts are resolved, its windows dropped",
        "2 rules change against bundle 1; nothing is published (--dry-run)",
    ]
    assert len(topic.bundles) == 1


def test_a_dry_run_of_what_is_in_force_says_so() -> None:
    topic = FakeTopic()
    list(publish_bundle(topic, rule_set(a="1"), REBUILD, INFO))

    lines = list(preview_bundle(topic, rule_set(a="1"), REBUILD, INFO))

    assert lines == ["no change against bundle 1; nothing is published (--dry-run)"]


def test_a_dry_run_fails_where_publishing_would() -> None:
    topic = FakeTopic()
    list(publish_bundle(topic, rule_set(a="1", gone="1"), REBUILD, INFO))
    shown = preview_bundle(topic, rule_set(a="1"), REBUILD, INFO)

    assert next(shown).startswith("removed  pack/gone")
    with pytest.raises(CommandFailure, match="--allow-removed"):
        next(shown)


def test_a_name_that_no_rule_has_is_refused_before_any_broker_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "localhost:1")
    pack = str(write_pack(tmp_path))

    outcome = CliRunner().invoke(app, ["publish", "--rules", pack, "--rule", "iraq/rocket=keep"])

    assert str(outcome.exception) == (
        "--rule iraq/rocket=keep: these rules have no iraq/rocket with windows"
    )


def test_a_broker_that_is_away_is_named_with_its_variable_before_cases_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "localhost:1")
    failing = changed(ROCKETS, "at: 1h, level: high,", "at: 1h, level: low,")

    outcome = CliRunner().invoke(
        app, ["publish", "--rules", str(write_pack(tmp_path, indicators__rockets=failing))]
    )

    assert isinstance(outcome.exception, CommandFailure)
    assert "Kafka at localhost:1: " in str(outcome.exception)
    assert "VEDETTE_KAFKA_BOOTSTRAP_SERVERS" in str(outcome.exception)


def test_the_same_rules_are_not_published_twice() -> None:
    topic = FakeTopic()
    list(publish_bundle(topic, rule_set(a="1"), REBUILD, INFO))

    lines = list(publish_bundle(topic, rule_set(a="1"), REBUILD, INFO))

    assert lines == ["bundle 1 is the same: nothing to publish"]
    assert len(topic.bundles) == 1


def test_after_a_race_it_publishes_what_the_other_publisher_changed_again() -> None:
    topic = FakeTopic()
    list(publish_bundle(topic, rule_set(a="1", b="1"), REBUILD, INFO))
    topic.others = [rule_set(a="2", b="1")]

    lines = list(publish_bundle(topic, rule_set(a="1", b="2"), REBUILD, INFO))

    assert [bundle.number for bundle in topic.bundles] == [1, 4, 7, 10]
    assert "bundle 4 came in between: the rules that it changed start over" in lines
    last = topic.bundles[-1].bundle
    assert last.previous == 7
    assert {name: rule.changed_in for name, rule in last.rules.items()} == {
        "pack/a": 10,
        "pack/b": 7,
    }


def test_it_gives_up_where_others_publish_all_the_time() -> None:
    rules = dict.fromkeys("abcdef", "1")
    topic = FakeTopic()
    list(publish_bundle(topic, rule_set(**rules), REBUILD, INFO))
    topic.others = [rule_set(**rules | {name: "2"}) for name in rules]

    with pytest.raises(CommandFailure, match="all the time"):
        list(publish_bundle(topic, rule_set(**rules, new="1"), REBUILD, INFO))


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("pack/b=keep", "no pack/b with windows"),
        ("pack/a=maybe", "must end in =keep, =reset or =rebuild"),
        ("pack/a", "must end in"),
    ],
)
def test_a_rule_option_that_means_nothing_is_refused(option: str, message: str) -> None:
    with pytest.raises(CommandFailure, match=message):
        read_policy(OnChange.REBUILD, [option], rule_set(a="1"))


def test_a_rule_option_names_its_rule() -> None:
    policy = read_policy(OnChange.KEEP, ["pack/a=reset"], rule_set(a="1"))

    assert policy == ChangePolicy(OnChange.KEEP, {"pack/a": OnChange.RESET})


def test_rules_that_do_not_fit_into_a_message_are_refused_with_their_size() -> None:
    check_size(b"x" * (2 * LARGEST_RULES))

    with pytest.raises(CommandFailure, match=f"of {LARGEST_RULES} that a bundle may have"):
        check_size(os.urandom(LARGEST_RULES))


def test_what_is_published_names_its_commit_and_says_if_it_is_something_else(
    tmp_path: Path,
) -> None:
    pack = write_pack(tmp_path)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "rules")

    clean = read_commit(pack)
    (pack / "lists" / "more.yaml").write_text("name: more\n")

    assert clean is not None
    assert re.fullmatch("[0-9a-f]{40}", clean)
    assert read_commit(pack) == f"{clean}-dirty"
    assert read_author(pack) == "Desk <desk@example.org>"


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Desk", "-c", "user.email=desk@example.org")
    command = ["git", "-C", str(folder), *who, *arguments]
    subprocess.run(command, check=True)  # noqa: S603  (a test's own command)


def test_a_folder_outside_git_has_no_commit(tmp_path: Path) -> None:
    assert (read_commit(tmp_path), read_author(tmp_path)) == (None, None)
