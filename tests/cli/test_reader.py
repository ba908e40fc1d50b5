"""`rules match --reader` and `rules score --reader`, on a real but tiny sentence model."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.faults import CommandFailure
from cli.rules import app
from tests.matcher.tiny_onnx import write_model

FIRE, TALK = ("pounded", "struck", "bombarded"), ("talks", "budget", "election")
PACK = """
title: Fire
owner: desk
reader: {labelled: [labelled/seen.jsonl], precision: 0.7}
"""
RULE = """
title: A base comes under fire
name: fire
logsource: {category: report}
detection:
  said: {words|phrase: shelled}
  like: {words|means: fire, words|phrase: base}
  condition: said or like
tests:
  - name: fires
    events: [{at: 0h, text: Rockets were shelled at it.}]
    expect: [{fires: fire}]
  - name: silent
    events: [{at: 0h, text: The election was held.}]
    expect: silent
"""
TO_SCORE = [
    {"id": "words", "language": "en", "text": "The base was shelled.", "expect": ["fire"]},
    {"id": "meant", "language": "en", "text": "The base was struck.", "expect": ["fire"]},
    {"id": "closed", "language": "en", "text": "The town was struck.", "expect": ["fire"]},
    {"id": "silent", "language": "en", "text": "The base hosts talks.", "expect": []},
]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "fire"
    (folder / "indicators").mkdir(parents=True)
    (folder / "labelled").mkdir()
    (folder / "pack.yaml").write_text(PACK)
    (folder / "indicators" / "fire.yaml").write_text(RULE)
    write_lines(folder / "labelled" / "seen.jsonl", labelled())
    return folder


def labelled() -> Iterable[Mapping[str, object]]:
    for at in range(30):
        about_fire, other = FIRE[at % 3], TALK[at % 3]
        yield {"text": f"The place was {about_fire} on day {at}.", "expect": ["fire"]}
        yield {"text": f"The place had {other} on day {at}.", "expect": []}


def write_lines(path: Path, lines: Iterable[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def run(pack: Path, *arguments: str, given: str = "") -> Result:
    model = write_model(pack.parent / "model", (*FIRE, *TALK))
    environment = {
        "VEDETTE_READER_MODEL": str(model),
        "VEDETTE_READER_CACHE": str(pack.parent / "cache"),
    }
    command = [*arguments, "--rules", str(pack)]
    return CliRunner(env=environment).invoke(app, command, input=given, catch_exceptions=False)


def match(pack: Path, text: str, *options: str) -> dict[str, Any]:
    line = json.dumps({"id": "1", "text": text}) + "\n"
    result = run(pack, "match", "--reader", "--events", "-", *options, given=line)
    assert result.exit_code == 0, result.output
    matched: dict[str, Any] = json.loads(result.stdout)
    return matched


def test_match_adds_what_the_reader_suspects(pack: Path) -> None:
    meant, said = match(pack, "The base was struck."), match(pack, "The base was shelled.")
    assert (meant["rules"], meant["suspected"]) == ([], ["fire"])
    assert (said["rules"], said["suspected"]) == (["fire"], [])


def test_match_explains_how_near_a_report_comes(pack: Path) -> None:
    (reading,) = match(pack, "Talks at the base.", "--explain")["readings"]
    assert reading["suspected"] is False
    assert reading["score"] < reading["threshold"]
    assert reading["passage"] == "Talks at the base."


def test_score_tells_words_the_reader_and_both_apart(pack: Path, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "score.jsonl", TO_SCORE)
    result = run(pack, "score", "--reader", "--labelled", str(file), "--format", "json", "--unseen")
    scores = json.loads(result.stdout)
    shares = [scores["scores"], scores["reader"]["scores"], scores["both"]["scores"]]
    assert [part[-1]["recall"] for part in shares] == [1 / 3, 1 / 2, 2 / 3]
    assert [part[-1]["precision"] for part in shares] == [1.0, 1.0, 1.0]


def test_score_prints_what_the_gate_loses_and_how_much_news_it_lets_in(
    pack: Path, tmp_path: Path
) -> None:
    file = write_lines(tmp_path / "score.jsonl", TO_SCORE)
    news = write_lines(
        tmp_path / "news.jsonl",
        [{"text": "Rain."}, {"text": "The base is struck by a cold."}, {"text": "Talks."}],
    )
    options = ("--labelled", str(file), "--news", str(news), "--unseen")
    output = run(pack, "score", "--reader", *options).stdout
    assert "en: 1 of those that words miss are lost, outside the gate" in output
    assert "1 false alarms by reader in 3 reports of news: 3333.3 per 10,000" in output
    assert "1 of them pass the reader's gate: 33.3%" in output


def test_score_draws_a_curve_for_each_rule(pack: Path, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "score.jsonl", TO_SCORE)
    picture = tmp_path / "curves.png"
    options = ("--labelled", str(file), "--picture", str(picture), "--unseen")
    assert run(pack, "score", "--reader", *options).exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_picture_without_a_reader_is_refused(pack: Path, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "score.jsonl", TO_SCORE)
    with pytest.raises(CommandFailure, match="give --reader too"):
        run(pack, "score", "--labelled", str(file), "--picture", str(tmp_path / "x.png"))


def test_a_head_with_few_examples_is_noted(pack: Path) -> None:
    write_lines(pack / "labelled" / "seen.jsonl", list(labelled())[:10])
    result = run(pack, "match", "--reader", "--events", "-", given='{"text": "The base."}\n')
    assert "reader: fire: fire: off, since 6 positive examples are under 8" in result.stderr


def test_a_labelled_file_that_is_not_there_is_named_at_its_line(pack: Path) -> None:
    (pack / "labelled" / "seen.jsonl").unlink()
    result = run(pack, "match", "--reader", "--events", "-", given='{"text": "The base."}\n')
    assert (
        f"{pack}/pack.yaml:4: reader.labelled: labelled/seen.jsonl cannot be read" in result.stderr
    )


def test_a_model_that_is_not_there_is_told_with_what_to_set(pack: Path) -> None:
    environment = {"VEDETTE_READER_MODEL": str(pack)}
    command = ["match", "--reader", "--events", "-", "--rules", str(pack)]
    with pytest.raises(CommandFailure, match=r"VEDETTE_READER_MODEL: no model\.onnx"):
        CliRunner(env=environment).invoke(app, command, input="", catch_exceptions=False)
