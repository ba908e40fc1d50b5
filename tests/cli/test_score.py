import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.faults import CommandFailure
from cli.rules import app
from tests.matcher.adapters.rules.packs import HEAD, write_pack

LABELLED = [
    {"id": "right", "language": "en", "text": "Rockets hit Taji.", "expect": ["rockets"]},
    {"id": "missed", "language": "en", "text": "Shells fell on Taji.", "expect": ["rockets"]},
    {"id": "false", "language": "ar", "text": "Rockets hit by a slump.", "expect": []},
]
NEWS = [
    {"id": "n-1", "language": "en", "text": "Rockets hit a village."},
    {"id": "n-2", "language": "en", "text": "Rain."},
]
FLOORS = f"{HEAD}    floors: [{{recall: 0.6, language: en}}, {{false_alarms: 4000}}]\n"


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "labelled.jsonl", LABELLED)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path)


def write_lines(path: Path, lines: Sequence[Mapping[str, object]]) -> Path:
    written = "".join(json.dumps(line) + "\n" for line in lines).encode()
    path.write_bytes(gzip.compress(written) if path.suffix == ".gz" else written)
    return path


def score(pack: Path, *arguments: object) -> Result:
    given = ["score", "--rules", str(pack), *map(str, arguments)]
    return CliRunner().invoke(app, given, catch_exceptions=False)


def test_score_prints_precision_and_recall_by_rule_and_language(pack: Path, labelled: Path) -> None:
    result = score(pack, "--labelled", labelled, "--format", "json", "--unseen")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "reports": 3,
        "scores": [
            row("rockets", "ar", found=0, missed=0, false=1, recall=None, precision=0.0),
            row("rockets", "en", found=1, missed=1, false=0, recall=0.5, precision=1.0),
            row("all", "ar", found=0, missed=0, false=1, recall=None, precision=0.0),
            row("all", "en", found=1, missed=1, false=0, recall=0.5, precision=1.0),
            row("all", "all", found=1, missed=1, false=1, recall=0.5, precision=0.5),
        ],
        "false_per_100": {"ar": 100.0, "en": 0.0},
        "news": None,
    }


def test_negatives_alone_count_every_rule_that_matches(pack: Path, tmp_path: Path) -> None:
    negatives: list[dict[str, object]] = [
        {"language": "en", "text": text, "expect": []} for text in ("Rockets hit.", "Rain.")
    ]
    labelled = write_lines(tmp_path / "negatives.jsonl", negatives)

    lines = score(pack, "--labelled", labelled, "--unseen").stdout.splitlines()

    assert ["rockets", "en", "0", "0", "1", "-", "0.000"] in [line.split() for line in lines]
    assert "en: 1 false hits in 2 labelled reports: 50.0 per 100" in lines


def row(rule: str, language: str, **numbers: float | None) -> dict[str, object]:
    return {"rule": rule, "language": language, **numbers}


def test_score_prints_a_table_for_people(pack: Path, labelled: Path) -> None:
    lines = score(pack, "--labelled", labelled, "--unseen").stdout.splitlines()

    assert ["rockets", "en", "1", "1", "0", "0.500", "1.000"] in [line.split() for line in lines]
    assert ["rockets", "ar", "0", "0", "1", "-", "0.000"] in [line.split() for line in lines]


def test_score_counts_false_alarms_on_news(pack: Path, labelled: Path, tmp_path: Path) -> None:
    news = write_lines(tmp_path / "news.jsonl.gz", NEWS)

    result = score(pack, "--labelled", labelled, "--news", news)

    assert "1 false alarm in 2 reports of news: 5000.0 per 10,000" in result.stdout
    assert '{"id": "n-1", "false": ["rockets"]}' in result.stdout


def test_a_verdict_clears_a_news_item(pack: Path, labelled: Path, tmp_path: Path) -> None:
    news = write_lines(tmp_path / "news.jsonl", NEWS)
    verdicts = write_lines(tmp_path / "verdicts.jsonl", [{"id": "n-1", "expect": ["rockets"]}])

    result = score(pack, "--labelled", labelled, "--labelled", verdicts, "--news", news)

    assert "0 false alarms in 2 reports" in result.stdout


def test_wrong_reports_are_named_with_what_is_wrong(pack: Path, labelled: Path) -> None:
    stdout = score(pack, "--labelled", labelled).stdout

    assert '{"id": "missed", "missed": ["rockets"]}' in stdout
    assert '{"id": "false", "false": ["rockets"]}' in stdout
    assert "slump" not in stdout


def test_list_prints_their_words(pack: Path, labelled: Path) -> None:
    stdout = score(pack, "--labelled", labelled, "--list").stdout

    assert '"text": "Rockets hit by a slump."' in stdout
    assert "Rockets hit Taji." not in stdout


def test_unseen_prints_neither_words_nor_ids(pack: Path, labelled: Path) -> None:
    result = score(pack, "--labelled", labelled, "--unseen")

    assert '"id"' not in result.output
    assert "slump" not in result.output


def test_a_floor_of_the_pack_fails_the_command(tmp_path: Path, labelled: Path) -> None:
    news = write_lines(tmp_path / "news.jsonl", NEWS)

    result = score(write_pack(tmp_path, pack=FLOORS), "--labelled", labelled, "--news", news)

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "iraq: floor of all rules, en: recall 0.500 is below 0.6",
        "iraq: floor of all rules, all languages: 5000.0 false alarms per 10,000 exceed 4000",
    ]


def test_a_line_that_cannot_be_read_is_reported_with_its_file(pack: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(f'{{"text": "Rain."}}\n{json.dumps(LABELLED[0])}\n')

    result = score(pack, "--labelled", bad, "--format", "json")

    assert result.exit_code == 1
    assert f"{bad}: line 1: expect" in result.stderr
    assert json.loads(result.stdout)["reports"] == 1


def test_a_rule_that_is_not_there_is_reported_once(pack: Path, tmp_path: Path) -> None:
    wrong = [{"text": text, "expect": ["rocket"]} for text in ("Rain.", "Snow.")]

    result = score(pack, "--labelled", write_lines(tmp_path / "wrong.jsonl", wrong))

    assert result.exit_code == 1
    assert result.stderr == (
        f"{tmp_path}/wrong.jsonl: line 1: expect: no detection rule is called 'rocket';"
        " did you mean rockets?\n"
    )


def test_a_file_that_is_no_archive_stops_the_command(pack: Path, tmp_path: Path) -> None:
    plain = tmp_path / "labelled.jsonl.gz"
    plain.write_text("{}\n")

    with pytest.raises(CommandFailure, match=r"labelled\.jsonl\.gz: Not a gzipped file"):
        score(pack, "--labelled", plain)


def test_a_file_that_ends_too_early_stops_the_command(pack: Path, tmp_path: Path) -> None:
    whole = write_lines(tmp_path / "labelled.jsonl.gz", LABELLED)
    whole.write_bytes(whole.read_bytes()[:-20])

    with pytest.raises(CommandFailure, match=r"labelled\.jsonl\.gz: Compressed file ended"):
        score(pack, "--labelled", whole)
