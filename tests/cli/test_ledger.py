"""How an alert's story is told."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rich.console import Console

from cli.ledger import lines_about, story
from schemas.ledger import Act, Entry, LedgerLine
from tests.notifier.alerts import NOON


@dataclass(frozen=True)
class LedgerRecord:
    """A message as the consumer gives it."""

    value: bytes | None


def line(act: Act = Act.NOTIFIED, **changes: Any) -> LedgerLine:
    told: dict[str, Any] = {
        "at": NOON + timedelta(milliseconds=42),
        "act": act,
        "fingerprint": "f1",
        "alert": "a1",
        "revision": 3,
        "receiver": "slack",
        "reason": "first notification",
        "status": "firing",
        "level": "high",
    }
    return LedgerLine.model_validate(told | changes)


def stored(*lines: LedgerLine) -> list[LedgerRecord]:
    return [LedgerRecord(one.model_dump_json(exclude_defaults=True).encode()) for one in lines]


def printed(*lines: LedgerLine) -> str:
    paper = io.StringIO()
    for table in story(lines):
        Console(file=paper, width=200).print(table)
    return paper.getvalue()


def test_a_row_says_when_which_revision_where_what_and_why() -> None:
    said = printed(line(reason="[bold]newer"))

    for cell in ("2026-11-22 12:00:00.042", " 3 ", "high firing", "slack", "notified"):
        assert cell in said
    assert "[bold]newer" in said


def test_a_message_is_told_with_its_handle() -> None:
    entry = Entry(revision=3, handle='{"channel": "C1", "ts": "17.2"}')

    said = printed(line(entry=entry), line(Act.HELD_BACK, reason="a drill", entry=entry))

    assert 'first notification ({"channel": "C1", "ts": "17.2"})' in said
    assert "a drill (" not in said


def test_each_alert_of_a_fingerprint_has_a_table_of_its_own() -> None:
    said = printed(line(), line(alert="a2"), line(Act.RESOLVED))

    assert said.index("alert a1") < said.index("resolved") < said.index("alert a2")


def test_lines_are_found_by_fingerprint_and_by_alert() -> None:
    every = stored(line(), line(alert="a2"), line(fingerprint="f2", alert="a3", reason="not f1"))

    assert [one.alert for one in lines_about("f1", every)] == ["a1", "a2"]
    assert [one.alert for one in lines_about("a2", every)] == ["a2"]


def test_what_is_no_line_is_passed_over() -> None:
    every = [LedgerRecord(b"{f1"), LedgerRecord(None), *stored(line())]

    assert len(list(lines_about("f1", every))) == 1
