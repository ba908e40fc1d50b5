import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from cli.faults import CommandFailure
from cli.posting import Line, PostResult
from cli.stack.demo import (
    DemoAlert,
    DemoTimeline,
    find_differences,
    find_unsuspected,
    post_times,
    read_timeline,
)
from cli.stack.summary import build_summary, measure_latency
from cli.stack.watching import SeenMessages
from schemas.alert import Alert, Evidence, Level, RuleRef, Status
from schemas.ledger import Act, LedgerLine

NOON = datetime(2020, 1, 16, 12, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def alert(
    name: str,
    *,
    revision: int = 1,
    status: Status = Status.FIRING,
    by: str = "1",
    suspected: bool = False,
) -> Alert:
    return Alert(
        id=f"id of {name}",
        fingerprint="f",
        revision=revision,
        status=status,
        rule=RuleRef(name=name, title=name, level=Level.HIGH),
        pack="p",
        level=Level.HIGH,
        summary=f"{name} happened",
        starts_at=NOON,
        updated_at=NOON,
        detected_at=NOON,
        evidence=(Evidence(event_id=by, source="reuters", occurred_at=NOON),),
        explain="because",
        suspected=suspected,
    )


def line(name: str, *, revision: int = 1, after_ms: int, act: Act = Act.NOTIFIED) -> LedgerLine:
    return LedgerLine(
        at=NOW + timedelta(milliseconds=after_ms),
        act=act,
        fingerprint="f",
        alert=f"id of {name}",
        revision=revision,
        reason="first",
    )


def post_result(identity: str = "1", *, fault: str | None = None) -> PostResult:
    return PostResult(Line(1, b"{}"), NOW, fault, source="reuters", id=identity)


def printed(seen: SeenMessages, width: int = 120) -> str:
    paper = io.StringIO()
    Console(file=paper, width=width).print(build_summary(seen, post_times([post_result()]), width))
    return paper.getvalue()


def test_a_row_has_what_when_and_how_fast() -> None:
    seen = SeenMessages([alert("march")], [line("march", after_ms=42)])

    table = printed(seen)

    for cell in ("march", "march happened", "high", "2020-01-16 12:00", "firing", "42 ms"):
        assert cell in table


def test_a_narrow_screen_has_no_summary() -> None:
    long = alert("parliament_expulsion_bill", status=Status.WITHDRAWN)
    seen = SeenMessages([long, alert("march")], [line("march", after_ms=1042)])

    table = printed(seen, width=80)

    assert "march happened" not in table
    assert all(cell in table for cell in ("parliament_expulsion_bill", "withdrawn", "1042 ms"))


def test_an_alert_has_one_row_however_often_it_was_revised() -> None:
    seen = SeenMessages([alert("march"), alert("march", revision=2, status=Status.RESOLVED)], [])

    table = printed(seen)

    assert table.count("march happened") == 1
    assert "resolved" in table


def test_the_latency_is_that_of_the_first_message() -> None:
    acts = [line("march", revision=2, after_ms=900), line("march", after_ms=30)]
    seen = SeenMessages([alert("march"), alert("march", revision=2)], acts)

    assert measure_latency("id of march", seen, post_times([post_result()])) == 0.03


def test_an_alert_that_failed_to_go_out_has_no_latency() -> None:
    seen = SeenMessages([alert("march")], [line("march", after_ms=30, act=Act.FAILED)])

    assert measure_latency("id of march", seen, post_times([post_result()])) is None


def test_what_ingest_refused_was_not_accepted() -> None:
    assert post_times([post_result(fault="lat: too far north")]) == {}


def expected(name: str) -> DemoAlert:
    return DemoAlert(rule=name, starts_at=NOON)


def test_alerts_that_are_missing_or_unexpected_are_both_named() -> None:
    timeline = DemoTimeline([], frozenset({expected("march"), expected("leader")}))
    seen = SeenMessages(
        [alert("march"), alert("leader"), alert("rockets")],
        [line("march", after_ms=1), line("rockets", after_ms=1)],
    )

    assert find_differences(timeline, seen) == [
        "leader of 2020-01-16 12:00 was expected and not shown",
        "rockets of 2020-01-16 12:00 was not expected",
    ]


def test_a_withdrawn_alert_counts_as_none() -> None:
    timeline = DemoTimeline([], frozenset())
    seen = SeenMessages([alert("march", status=Status.WITHDRAWN)], [line("march", after_ms=1)])

    assert find_differences(timeline, seen) == []


def test_an_alert_that_no_reader_suspected_first_is_named() -> None:
    timeline = DemoTimeline([], suspected_first=frozenset({expected("march"), expected("leader")}))
    seen = SeenMessages([alert("march", suspected=True), alert("march"), alert("leader")])

    assert find_unsuspected(timeline, seen) == [
        "leader of 2020-01-16 12:00 was not suspected before words found it"
    ]


def test_a_pack_without_expectations_allows_any_alert() -> None:
    seen = SeenMessages([alert("march")], [line("march", after_ms=1)])

    assert find_differences(DemoTimeline([]), seen) == []


def test_all_is_shown_when_the_last_status_of_each_alert_is() -> None:
    revisions = [alert("march"), alert("march", revision=2, status=Status.RESOLVED)]
    seen = SeenMessages(revisions, [line("march", after_ms=1)])

    before = seen.is_all_shown
    seen.ledger.append(line("march", revision=2, after_ms=2))

    assert (before, seen.is_all_shown) == (False, True)


def test_a_revision_that_only_adds_evidence_keeps_nobody_waiting() -> None:
    seen = SeenMessages([alert("march"), alert("march", revision=2)], [line("march", after_ms=1)])

    assert seen.is_all_shown


def test_a_timeline_ends_at_its_newest_recorded_time(tmp_path: Path) -> None:
    (tmp_path / "timeline.jsonl").write_text(
        '{"occurred_at": "2020-01-20T00:00:00Z", "recorded_at": "2020-01-24T12:00:00+03:00"}\n'
        "no json\n"
        '{"occurred_at": "2020-01-22T00:00:00Z"}\n'
    )
    (tmp_path / "timeline.expected.yaml").write_text(
        "alerts:\n- {rule: march, starts_at: 2020-01-16T12:00:00Z, level: high}\n"
        "levels:\n- {hypothesis: mlcoa, starts_at: 2020-01-16T12:00:00.7Z, level: low}\n"
    )

    timeline = read_timeline(tmp_path)

    assert timeline.ends_at == datetime(2020, 1, 24, 9, tzinfo=UTC)
    assert timeline.expected == frozenset({expected("march"), expected("mlcoa")})


def test_an_expectation_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "timeline.jsonl").write_text("{}")
    (tmp_path / "timeline.expected.yaml").write_text("alerts:\n- {rule: march}\n")

    with pytest.raises(CommandFailure, match=r"(?s)timeline.expected.yaml: .*starts_at"):
        read_timeline(tmp_path)
