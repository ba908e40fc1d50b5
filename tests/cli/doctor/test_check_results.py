"""What the doctor says of what it found, and what to do about it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import GroupIdNotFoundError, IncompatibleBrokerVersion
from redis import AuthenticationError
from typer.testing import CliRunner

from cli.doctor.certificates import judge_end
from cli.doctor.check_result import (
    CheckResult,
    CheckStatus,
    fault,
    format_result,
    good,
    has_fault,
    note,
)
from cli.doctor.cluster import examine_cluster, judge_folder
from cli.doctor.command import app, examine_safely
from cli.doctor.groups import FAR_BEHIND, count_members, judge_group, measure_lag, name_groups
from cli.doctor.redis_server import judge_durability, judge_skew
from cli.doctor.rules import examine_rules
from cli.doctor.services import judge_answer
from cli.doctor.topics import judge_topic, judge_windows
from cli.faults import CommandFailure
from schemas.bundle import RuleBundle
from schemas.topics import TOPICS

EVENTS = TOPICS[0]
NOW = datetime(2026, 11, 27, tzinfo=UTC)
GOOD, NOTE, FAULT = CheckStatus.GOOD, CheckStatus.NOTE, CheckStatus.FAULT


def _partition(replicas: int, in_sync: int) -> dict[str, Any]:
    return {"replica_nodes": list(range(replicas)), "isr_nodes": list(range(in_sync))}


@pytest.mark.parametrize(
    ("partition", "changes", "status"),
    [
        (_partition(3, 3), {}, GOOD),
        (_partition(3, 2), {}, FAULT),
        (_partition(1, 1), {}, NOTE),
        (_partition(3, 3), {"retention.ms": "1"}, NOTE),
    ],
)
def test_a_topic_is_at_fault_where_it_may_lose_messages(
    partition: Any, changes: dict[str, str], status: CheckStatus
) -> None:
    found = judge_topic("vedette.events", EVENTS, [partition], EVENTS.config() | changes)

    assert found.status is status
    assert bool(found.remedy) is (status is not GOOD)


@pytest.mark.parametrize(
    ("windows", "signals", "remedy"),
    [(4, 4, ""), (4, 8, "move-windows"), (8, 4, "recreate the signals topic with 8")],
)
def test_windows_are_where_their_signals_go(windows: int, signals: int, remedy: str) -> None:
    found = judge_windows("vedette.matcher-windows-changelog", windows, signals)

    assert found.status is (FAULT if remedy else GOOD)
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("members", "lag", "status"),
    [(2, 0, GOOD), (2, FAR_BEHIND, GOOD), (2, FAR_BEHIND + 1, NOTE), (0, 0, FAULT)],
)
def test_a_group_that_nobody_reads_in_is_at_fault(
    members: int, lag: int, status: CheckStatus
) -> None:
    assert judge_group("vedette.matcher", members, lag).status is status


def test_the_groups_are_those_that_the_services_join() -> None:
    assert name_groups("staging.vedette.") == {
        "matcher": "staging.vedette.matcher",
        "notifier": "staging.vedette-notifier",
    }


class _AdminWithoutGroups:
    """Of a Kafka that no service has read from."""

    def describe_groups(self, _groups: list[str]) -> dict[str, Any]:
        raise GroupIdNotFoundError


def test_a_group_that_never_was_has_no_members() -> None:
    assert count_members(_AdminWithoutGroups(), "vedette.matcher") == 0


class _AdminWithoutNames:
    """Of the embedded broker, which allows operations that kafka-python does not know."""

    def describe_groups(self, _groups: list[str]) -> dict[str, Any]:
        raise ValueError("15 is not a valid ACLOperation")

    def describe_cluster(self) -> dict[str, Any]:
        return {"brokers": [{}]}

    def describe_log_dirs(self) -> Any:
        raise IncompatibleBrokerVersion("no DescribeLogDirs")


def test_an_embedded_broker_has_no_fault() -> None:
    admin = _AdminWithoutNames()
    group = judge_group("vedette.matcher", count_members(admin, "vedette.matcher"), 1)
    kafka, disks = examine_cluster(admin)

    assert (group.status, group.text) == (GOOD, "members not told, 1 message behind")
    assert (kafka.status, kafka.text) == (GOOD, "1 broker answers")
    assert (disks.status, disks.remedy) == (NOTE, "df, on the broker")


class _Consumer:
    """Two partitions of which retention has deleted the beginning."""

    def partitions_for_topic(self, _topic: str) -> set[int]:
        return {0, 1}

    def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 100)

    def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 90)


def test_the_lag_is_what_is_there_and_not_processed() -> None:
    committed = {TopicPartition("t", 0): 97, TopicPartition("t", 1): 5}

    assert measure_lag(_Consumer(), ["t"], committed) == 3 + 10


@pytest.mark.parametrize(("days", "status"), [(22, GOOD), (20, FAULT), (-1, FAULT)])
def test_a_certificate_is_renewed_in_time(days: int, status: CheckStatus) -> None:
    end = datetime.fromtimestamp(NOW.timestamp() + days * 86400, UTC)

    found = judge_end("kafka:9093", {"notAfter": f"{end:%b %d %H:%M:%S %Y} GMT"}, NOW)

    assert found.status is status


@pytest.mark.parametrize(("usable", "status"), [(150, GOOD), (149, FAULT), (0, FAULT), (-1, NOTE)])
def test_a_disk_that_is_nearly_full_is_at_fault(usable: int, status: CheckStatus) -> None:
    found = judge_folder("disk", {"error_code": 0, "total_bytes": 1000, "usable_bytes": usable})

    assert found.status is status


def test_redis_and_the_clock() -> None:
    assert judge_durability([]).status is GOOD
    assert judge_durability(["appendonly is no"]).status is FAULT
    assert [judge_skew(seconds).status for seconds in (4.9, -4.9, 5.1, -900.0)] == [
        GOOD,
        GOOD,
        NOTE,
        NOTE,
    ]


def test_a_folder_that_differs_from_what_is_in_force_is_noted() -> None:
    bundle = RuleBundle(digest="d", published_at=NOW, files={"a/pack.yaml": "x"}, rules={})

    [same] = examine_rules(7, bundle, {"a/pack.yaml": "x"}, Path("rules"))
    [_, differs] = examine_rules(7, bundle, {"a/pack.yaml": "y"}, Path("rules"))
    [nothing] = examine_rules(None, None, {}, None)

    assert (same.status, differs.status, nothing.status) == (GOOD, NOTE, NOTE)
    assert "bundle 7" in same.text


def test_rhythms_that_are_published_beside_a_folder_are_no_difference() -> None:
    files = {"a/pack.yaml": "x", "sources/pack.yaml": "{}"}
    bundle = RuleBundle(digest="d", published_at=NOW, files=files, rules={})

    [same] = examine_rules(7, bundle, {"a/pack.yaml": "x"}, Path("rules"))
    [_, differs] = examine_rules(7, bundle, {"a/pack.yaml": "y"}, Path("rules"))

    assert (same.status, differs.status) == (GOOD, NOTE)


def test_a_service_that_is_not_ready_says_each_reason() -> None:
    answer = {"faults": {"kafka": "away"}, "notes": {"routes": "refused"}}

    found = list(judge_answer("ingest", answer))

    assert [(each.subject, each.status) for each in found] == [
        ("ingest: kafka", FAULT),
        ("ingest: routes", NOTE),
    ]
    assert [each.status for each in judge_answer("ingest", {})] == [GOOD]


def test_what_does_not_answer_is_a_finding_and_stops_no_other() -> None:
    def examine() -> Iterator[CheckResult]:
        yield good("kafka", "answers")
        raise CommandFailure("gone")

    found = list(examine_safely("kafka", examine))

    assert [each.status for each in found] == [GOOD, FAULT]
    assert "gone" in found[1].text


def test_a_redis_that_refuses_us_is_no_redis_that_is_away() -> None:
    def examine() -> Iterator[CheckResult]:
        yield from ()
        raise AuthenticationError("invalid username-password pair")

    [found] = examine_safely("redis", examine)

    assert found.text == "refuses us: invalid username-password pair"
    assert "VEDETTE_REDIS_URL" in found.remedy


def test_a_remedy_is_printed_below_what_it_mends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_KAFKA_SERVER", "x")

    lines = CliRunner().invoke(app, []).output.splitlines()

    assert lines[1].startswith("FAULT  environment")
    assert lines[2].split()[0] == "->"


def test_a_folder_of_rules_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--rules", str(tmp_path / "none")])

    assert isinstance(done.exception, CommandFailure)
    assert "none: no such folder" in str(done.exception)


def test_each_line_of_a_note_is_a_line() -> None:
    lines = list(format_result(note("matcher: look back", "a: 63 days\nb: 31 days", "read it")))

    assert [line.split() for line in lines[1:]] == [["b:", "31", "days"], ["->", "read", "it"]]


def test_a_remedy_is_a_line_of_its_own_and_only_faults_fail() -> None:
    noted = note("clock", "behind", "chronyc tracking")

    assert [line.split() for line in format_result(noted)] == [
        ["note", "clock", "behind"],
        ["->", "chronyc", "tracking"],
    ]
    assert not has_fault([noted, good("a", "b")])
    assert has_fault([noted, fault("a", "b", "c")])
