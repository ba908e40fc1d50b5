"""The labelled sentences of every pack: readable, each once, and as many kinds as measures need."""

from collections import Counter
from functools import cache
from pathlib import Path

from schemas.timeline import TimelineFile
from services.matcher.adapters.event_file import BadLine
from services.matcher.adapters.labelled_file import read_labelled
from services.matcher.domain.backtest.score import LabelledReport
from services.yaml_documents import read_documents

LABELLED = Path(__file__).parents[2] / "rules/iraq-2020/labelled"
INDICATORS = LABELLED.parent / "INDICATORS.md"
TIMELINES = LABELLED / "timelines.yaml"


@cache
def reports(name: str) -> tuple[LabelledReport, ...]:
    with (LABELLED / f"{name}.jsonl").open("rb") as lines:
        read = list(read_labelled(lines))
    assert [str(line) for line in read if isinstance(line, BadLine)] == []
    return tuple(line for line in read if isinstance(line, LabelledReport))


def measured_reports() -> tuple[LabelledReport, ...]:
    return (*reports("unseen"), *reports("strangers"), *reports("role_swaps"))


def every_report() -> tuple[LabelledReport, ...]:
    return (*reports("seen"), *reports("kinds"), *measured_reports())


def learned_reports() -> tuple[LabelledReport, ...]:
    return (*reports("seen"), *reports("kinds"), *reports("examples"), *reports("background"))


def test_what_the_reader_learns_from_is_not_what_it_is_measured_on() -> None:
    learned = {report.event.text for report in learned_reports()}
    measured = {report.event.text for report in measured_reports()}

    assert learned.isdisjoint(measured)


def test_every_rule_that_the_reader_knows_has_examples_in_both_languages() -> None:
    learned = learned_reports()
    positives = Counter(rule for report in learned for rule in report.label.expect)
    arabic = Counter(
        rule for report in learned if report.event.language == "ar" for rule in report.label.expect
    )

    assert [rule for rule in positives if positives[rule] < 20 or arabic[rule] < 10] == []
    assert sum(not report.label.expect for report in learned) >= 400


def test_no_sentence_and_no_id_stands_twice() -> None:
    texts = Counter((report.event.title, report.event.text) for report in every_report())
    ids = Counter(report.event.id for report in every_report())

    assert [text for text, count in texts.items() if count > 1] == []
    assert [name for name, count in ids.items() if count > 1] == []


def test_a_third_is_unseen_and_more_than_a_quarter_arabic() -> None:
    languages = Counter(report.event.language for report in every_report())

    assert len(measured_reports()) >= len(every_report()) / 3
    assert languages["ar"] >= 0.28 * len(every_report())


def test_many_reports_must_fire_nothing() -> None:
    silent = [report for report in every_report() if not report.label.rules]

    assert len(silent) >= 200


def test_every_labelled_rule_is_described_as_an_indicator() -> None:
    described = INDICATORS.read_text(encoding="utf-8")
    named = frozenset(rule for report in every_report() for rule in report.label.rules)

    assert [rule for rule in sorted(named) if f"**`{rule}`**" not in described] == []


def test_every_rule_has_positives_in_both_parts_and_both_languages() -> None:
    counts = Counter(
        (rule, part, report.event.language)
        for part in ("seen", "unseen")
        for report in reports(part)
        for rule in report.label.expect
    )
    rules = {rule for rule, _, _ in counts}

    assert all(counts[(rule, "seen", "en")] >= 5 for rule in rules)
    assert all(counts[(rule, part, "ar")] >= 2 for rule in rules for part in ("seen", "unseen"))


def test_timelines_are_many_and_each_has_its_own_name() -> None:
    documents, faults = read_documents(TIMELINES.name, TIMELINES.read_bytes())
    (written,) = [TimelineFile.model_validate(document.value) for document in documents]
    names = Counter(timeline.name for timeline in written.timelines)

    assert faults == ()
    assert len(names) >= 40
    assert max(names.values()) == 1
