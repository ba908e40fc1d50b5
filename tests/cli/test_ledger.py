"""`vedette ledger show`: which lines are read, and how they are shown."""

import io
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from cli.faults import CommandFailure
from cli.ledger import build_tables, select_lines
from schemas.envelope import Headers
from schemas.ledger import Act, Entry, LedgerLine
from schemas.version import SCHEMA_VERSION
from tests.notifier.alerts import NOON


@dataclass(frozen=True)
class LedgerRecord:
    """A message as the consumer gives it."""

    value: bytes | None
    headers: Headers = field(default_factory=list)


def line(act: Act = Act.NOTIFIED, **changes: Any) -> LedgerLine:
    fields: dict[str, Any] = {
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
    return LedgerLine.model_validate(fields | changes)


def stored(*lines: LedgerLine) -> list[LedgerRecord]:
    return [LedgerRecord(row.model_dump_json(exclude_defaults=True).encode()) for row in lines]


def render(*lines: LedgerLine) -> str:
    output = io.StringIO()
    for table in build_tables(lines):
        Console(file=output, width=200).print(table)
    return output.getvalue()


def test_a_row_says_when_which_revision_where_what_and_why() -> None:
    shown = render(line(reason="[bold]newer"))

    for cell in ("2026-11-22 12:00:00.042", " 3 ", "high firing", "slack", "notified"):
        assert cell in shown
    assert "[bold]newer" in shown


def test_a_sent_message_is_shown_with_its_handle() -> None:
    entry = Entry(revision=3, handle='{"channel": "C1", "ts": "17.2"}')

    shown = render(line(entry=entry), line(Act.HELD_BACK, reason="a drill", entry=entry))

    assert 'first notification ({"channel": "C1", "ts": "17.2"})' in shown
    assert "a drill (" not in shown


def test_each_alert_of_a_fingerprint_has_its_own_table() -> None:
    shown = render(line(), line(alert="a2"), line(Act.RESOLVED))

    assert shown.index("alert a1") < shown.index("resolved") < shown.index("alert a2")


def test_lines_are_found_by_fingerprint_and_by_alert() -> None:
    every = stored(line(), line(alert="a2"), line(fingerprint="f2", alert="a3", reason="not f1"))

    assert [row.alert for row in select_lines("f1", every)] == ["a1", "a2"]
    assert [row.alert for row in select_lines("a2", every)] == ["a2"]


def test_a_malformed_line_is_skipped() -> None:
    every = [LedgerRecord(b"{f1"), LedgerRecord(None), *stored(line())]

    assert len(list(select_lines("f1", every))) == 1


def test_lines_of_a_later_release_are_not_left_out_in_silence() -> None:
    later: Headers = [("ce_dataschema", b"urn:vedette:ledger:%d" % (SCHEMA_VERSION + 1))]
    (row,) = stored(line())

    with pytest.raises(CommandFailure, match="upgrade"):
        list(select_lines("f1", [replace(row, headers=later)]))
    assert list(select_lines("f2", [replace(row, headers=later)])) == []
