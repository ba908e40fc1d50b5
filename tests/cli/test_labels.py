"""`rules labels`: what people said of suspicions becomes labelled reports."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from cli.faults import CommandFailure
from cli.rules import app
from schemas.alert import Alert, Evidence, Suspicion
from schemas.verdict import Judgement, Verdict
from services.matcher.adapters.labelled_file import read_labelled
from services.matcher.domain.backtest.score import LabelledReport
from tests.cli.meaning_pack import NOW
from tests.notifier.alerts import alert as some_alert


def suspicion(meaning: str) -> Suspicion:
    return Suspicion(meaning=meaning, score=2, threshold=1)


def piece(event_id: str, meaning: str | None = "fire") -> Evidence:
    return Evidence(
        event_id=event_id,
        source="wire",
        occurred_at=NOW,
        title=f"{event_id} was struck",
        suspicion=suspicion(meaning) if meaning else None,
    )


def alert(name: str, *evidence: Evidence, revision: int = 1) -> Alert:
    changes = {"id": name, "evidence": evidence, "revision": revision}
    return some_alert().model_copy(update=changes)


def verdict(name: str, judgement: Judgement, minutes: int = 0) -> Verdict:
    at = NOW + timedelta(minutes=minutes)
    return Verdict(pack="p", rule="r", alert=name, judgement=judgement, by="ada", at=at)


def label(folder: Path, verdicts: list[Verdict], alerts: list[Alert]) -> list[dict[str, Any]]:
    given: dict[str, Sequence[BaseModel]] = {"verdicts": verdicts, "alerts": alerts}
    options = []
    for name, models in given.items():
        file = folder / f"{name}.jsonl"
        file.write_text("".join(f"{model.model_dump_json()}\n" for model in models))
        options += [f"--{name}", str(file)]
    result = CliRunner().invoke(app, ["labels", *options], catch_exceptions=False)
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_useful_suspicion_is_an_example_and_noise_is_one_of_nothing(tmp_path: Path) -> None:
    lines = label(
        tmp_path,
        [verdict("a", Judgement.USEFUL), verdict("b", Judgement.NOISE)],
        [alert("a", piece("1")), alert("b", piece("2"))],
    )
    assert [(line["id"], line["expect"]) for line in lines] == [
        ("wire/1", ["fire"]),
        ("wire/2", []),
    ]
    assert lines[0]["title"] == "1 was struck"
    assert lines[0]["why"] == "useful: ada"


def test_the_lines_are_read_as_labelled_reports(tmp_path: Path) -> None:
    lines = label(tmp_path, [verdict("a", Judgement.USEFUL)], [alert("a", piece("1"))])
    (report,) = read_labelled([json.dumps(line).encode() for line in lines])
    assert isinstance(report, LabelledReport)
    assert report.label.expect == {"fire"}


def test_the_last_verdict_and_the_last_revision_count(tmp_path: Path) -> None:
    verdicts = [verdict("a", Judgement.NOISE, 5), verdict("a", Judgement.USEFUL, 1)]
    alerts = [alert("a", piece("1"), piece("2"), revision=2), alert("a", piece("1"))]
    lines = label(tmp_path, verdicts, alerts)
    assert [(line["id"], line["expect"]) for line in lines] == [("wire/1", []), ("wire/2", [])]


def test_what_words_found_or_nobody_judged_gives_no_line(tmp_path: Path) -> None:
    alerts = [alert("a", piece("1", None)), alert("b", piece("2"))]
    assert label(tmp_path, [verdict("a", Judgement.USEFUL)], alerts) == []


def test_what_else_a_report_is_suspected_of_is_allowed(tmp_path: Path) -> None:
    alerts = [alert("a", piece("1")), alert("b", piece("1", "talk"))]
    (line,) = label(tmp_path, [verdict("a", Judgement.USEFUL)], alerts)
    assert (line["expect"], line["allow"]) == (["fire"], ["talk"])


def test_a_line_that_is_no_verdict_is_named(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.jsonl"
    file.write_text('{"alert": "a"}\n')
    command = ["labels", "--verdicts", str(file), "--alerts", str(file)]
    with pytest.raises(CommandFailure, match=r"verdicts\.jsonl: line 1: pack: "):
        CliRunner().invoke(app, command, catch_exceptions=False)
