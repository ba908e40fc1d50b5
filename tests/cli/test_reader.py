"""`rules match --reader` and `rules score --reader`, on a real but tiny sentence model."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.faults import CommandFailure
from cli.rules import app
from tests.cli.meaning_pack import FIRE, TALK, list_labelled, write_lines, write_meaning_pack
from tests.matcher.tiny_onnx import write_model

TO_SCORE = [
    {"id": "words", "language": "en", "text": "The base was shelled.", "expect": ["fire"]},
    {"id": "meant", "language": "en", "text": "The base was struck.", "expect": ["fire"]},
    {"id": "closed", "language": "en", "text": "The town was struck.", "expect": ["fire"]},
    {"id": "silent", "language": "en", "text": "The base hosts talks.", "expect": []},
]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_meaning_pack(tmp_path)


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


def test_a_backtest_shows_what_the_reader_suspects_besides(pack: Path, tmp_path: Path) -> None:
    texts = ("The base was struck.", "The base was shelled.", "Talks at the base.")
    events = [
        {"id": str(number), "source": "wire", "recorded_at": f"2026-11-2{number}T12:00:00Z"}
        | {"occurred_at": f"2026-11-2{number}T12:00:00Z", "text": text}
        for number, text in enumerate(texts)
    ]
    file = write_lines(tmp_path / "events.jsonl", events)

    with_reader = run(pack, "backtest", "--reader", "--events", str(file)).stdout.splitlines()
    without = run(pack, "backtest", "--events", str(file)).stdout.splitlines()

    assert [json.loads(line)["suspected"] for line in with_reader] == [True, False]
    assert [json.loads(line)["suspected"] for line in without] == [False]


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
    assert "en: of those that words miss 1 is lost, outside the gate" in output
    assert "1 false alarm by reader in 3 reports of news: 3333.3 per 10,000" in output
    assert "passed by the reader's gate: 1, 33.3%" in output


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
    write_lines(pack / "labelled" / "seen.jsonl", list(list_labelled())[:10])
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


def test_trained_heads_are_kept_beside_the_pack_and_used(pack: Path) -> None:
    result = run(pack, "train")
    assert f"{pack}/heads.json: 1 head for onnx-" in result.stdout
    (pack / "labelled" / "seen.jsonl").unlink()
    assert match(pack, "The base was struck.")["suspected"] == ["fire"]


def test_the_same_files_train_the_same_heads(pack: Path) -> None:
    run(pack, "train")
    first = (pack / "heads.json").read_bytes()
    run(pack, "train")
    assert (pack / "heads.json").read_bytes() == first


def test_heads_of_older_examples_are_used_and_noted(pack: Path) -> None:
    run(pack, "train")
    write_lines(pack / "labelled" / "seen.jsonl", list(list_labelled())[:40])
    result = run(pack, "match", "--reader", "--events", "-", given='{"text": "The base."}\n')
    assert "reader: fire: heads.json is of other examples: `vedette rules train`" in result.stderr


def test_heads_learn_what_news_sounds_like_and_keep_none_of_it(pack: Path, tmp_path: Path) -> None:
    news = [{"id": f"n{at}", "text": f"The base was struck by rain {at}."} for at in range(40)]
    file = write_lines(tmp_path / "news.jsonl", news)
    assert match(pack, news[0]["text"])["suspected"] == ["fire"]
    assert "and 40 reports of news" in run(pack, "train", "--news", str(file)).stdout
    assert match(pack, news[0]["text"])["suspected"] == []
    assert "by rain" not in (pack / "heads.json").read_text()


def test_what_a_verdict_confirms_is_no_negative(pack: Path, tmp_path: Path) -> None:
    news = write_lines(tmp_path / "news.jsonl", [{"id": "n", "text": "The base was struck."}])
    verdicts = write_lines(tmp_path / "verdicts.jsonl", [{"id": "n", "expect": ["fire"]}])
    run(pack, "train", "--news", str(news))
    assert match(pack, "The base was struck.")["suspected"] == []
    run(pack, "train", "--news", str(news), "--verdicts", str(verdicts))
    assert match(pack, "The base was struck.")["suspected"] == ["fire"]


def test_news_that_cannot_be_read_is_named_and_nothing_is_written(
    pack: Path, tmp_path: Path
) -> None:
    file = tmp_path / "news.jsonl"
    file.write_text("{nope\n")
    result = run(pack, "train", "--news", str(file))
    assert result.exit_code == 1
    assert f"{file}: line 1" in result.stderr
    assert not (pack / "heads.json").exists()
