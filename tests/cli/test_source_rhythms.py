"""`every` of a source's file: published with the rules, it has matchers watch the source."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.checked_rules import read_folder
from cli.faults import CommandFailure
from cli.source_rhythms import PATH, choose_rhythms
from schemas.alert import Alert, Status
from schemas.duty import SOURCE_SILENT
from schemas.envelope import HEARTBEAT, cloud_headers
from schemas.event import Event
from schemas.topics import ALERTS
from services.matcher.adapters.detection.heartbeats import Heartbeats
from services.matcher.adapters.rules.bundle_rules import compile_bundle
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.rules_topic import BundleRecord
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.next_bundle import (
    ChangePolicy,
    PublishInfo,
    RuleSet,
    VersionedBundle,
    next_bundle,
    number_bundle,
)
from tests.fakes import FakeRecordSender
from tests.matcher.adapters.rules.packs import write_pack
from tests.matcher.builders import HOUR, NOON
from tests.matcher.correlation import correlator
from tests.matcher.messages import Given, tick, tick_message

INFO = PublishInfo(datetime(2026, 11, 22, 12, tzinfo=UTC))
TOKEN = "a" * 64
SOURCES = f"""
{{id: reuters, kind: http, tokens: [{TOKEN}], every: 6h}}
---
{{id: quiet, kind: http, tokens: [{TOKEN.replace("a", "b")}], every: never}}
---
{{id: paused, kind: http, tokens: [{TOKEN.replace("a", "c")}], every: 1h, paused: true}}
"""


def write_sources(folder: Path, text: str = SOURCES) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "all.yaml").write_text(text)
    return folder


def read_rules(folder: Path) -> RuleSet:
    return read_folder(write_pack(folder / "rules")).rule_set


def bundle_of(rule_set: RuleSet) -> VersionedBundle:
    return number_bundle(next_bundle(rule_set, ChangePolicy(), None, INFO), 1)


def activate(rule_set: RuleSet) -> ActiveRules:
    """The rules as a worker has them that reads the bundle."""
    return compile_bundle(BundleRecord(1, bundle_of(rule_set).bundle.model_dump_json().encode()))


async def silent_alerts(rules: ActiveRules, source: str, hours: tuple[float, ...]) -> list[Alert]:
    """The alerts after a report of the source at noon, and ticks so many hours later."""
    sender = FakeRecordSender()
    correlation = correlator(Bundles(rules), {}, sender)
    event = Event(id="1", source=source, text="x", occurred_at=NOON, recorded_at=NOON)
    [heartbeat] = Heartbeats(lambda: rules.rulebook.sources).sample(event, 0)
    headers = cloud_headers(HEARTBEAT, "heartbeat", "test", NOON)
    messages = [Given(heartbeat.model_dump_json().encode(), headers)]
    messages += [tick_message(tick(NOON + each * HOUR)) for each in hours]
    for offset, message in enumerate(messages, 1):
        await correlation.take(replace(message, offset=offset))
    return sender.decode(ALERTS, Alert)


async def test_duty_engineers_are_alerted_when_a_source_reports_less_often_than_its_file_says(
    tmp_path: Path,
) -> None:
    sources = write_sources(tmp_path / "sources")
    rules = activate(choose_rhythms(read_rules(tmp_path), sources, None))

    before, after = [await silent_alerts(rules, "reuters", hours) for hours in ((5,), (5, 7))]

    assert before == []
    assert [(alert.rule.name, alert.group, alert.status) for alert in after] == [
        (SOURCE_SILENT, {"source": "reuters"}, Status.FIRING)
    ]


@pytest.mark.parametrize("source", ["quiet", "paused", "afp"])
def test_a_source_of_which_nothing_is_expected_is_not_watched(tmp_path: Path, source: str) -> None:
    sources = write_sources(tmp_path / "sources")

    rules = activate(choose_rhythms(read_rules(tmp_path), sources, None))

    assert rules.rulebook.sources.get(source) is None


def test_without_a_folder_of_sources_those_in_force_stay(tmp_path: Path) -> None:
    before = bundle_of(choose_rhythms(read_rules(tmp_path), write_sources(tmp_path / "s"), None))

    after = choose_rhythms(read_rules(tmp_path), None, before)

    assert after.files[PATH] == before.bundle.files[PATH]


def test_a_source_that_is_gone_from_its_file_is_no_longer_watched(tmp_path: Path) -> None:
    before = bundle_of(choose_rhythms(read_rules(tmp_path), write_sources(tmp_path / "s"), None))
    sources = write_sources(tmp_path / "s", SOURCES.replace("every: 6h", "every: never"))

    after = choose_rhythms(read_rules(tmp_path), sources, before)

    assert activate(after).rulebook.sources.get("reuters") is None


def test_where_sources_were_never_published_the_rules_are_those_of_the_folder(
    tmp_path: Path,
) -> None:
    rules = read_rules(tmp_path)

    assert choose_rhythms(rules, None, None) == rules


def test_rules_keep_their_digests_when_rhythms_change(tmp_path: Path) -> None:
    rules = read_rules(tmp_path)

    assert choose_rhythms(rules, write_sources(tmp_path / "s"), None).rules == rules.rules


@pytest.mark.parametrize(
    ("text", "message"),
    [("{id: reuters, kind: htp}", "a source has a fault"), (None, "no such folder")],
    ids=["fault", "no folder"],
)
def test_sources_that_cannot_be_read_are_not_published(
    tmp_path: Path, text: str | None, message: str
) -> None:
    folder = tmp_path / "s" if text is None else write_sources(tmp_path / "s", text)

    with pytest.raises(CommandFailure, match=message):
        choose_rhythms(read_rules(tmp_path), folder, None)


def test_a_pack_of_rules_may_not_have_the_name_of_that_of_the_sources(tmp_path: Path) -> None:
    rules = read_folder(write_pack(tmp_path / "rules", "sources")).rule_set

    with pytest.raises(CommandFailure, match="a pack is named sources"):
        choose_rhythms(rules, write_sources(tmp_path / "s"), None)
