"""How scores are printed: a table or a JSON object, and the reports that are wrong."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rich import box
from rich.table import Table

from cli.output import OutputFormat, plain_text, print_line
from cli.tables import open_console
from services.counts import format_count
from services.matcher.domain.backtest.score import ReportScore, Score, Tally
from services.matcher.domain.reader.reader_score import ReaderScore

ALL = "all"
WORDS = "words"
_TITLES = {
    WORDS: "words",
    "reader": "reader, on what words miss",
    "both": "words and reader together",
}
RULE_WIDTH = 22


@dataclass(slots=True)
class Scores:
    """What words find, and with a reader what it adds."""

    words: Score = field(default_factory=Score)
    reader: ReaderScore | None = None

    def parts(self) -> Iterator[tuple[str, Score]]:
        """Each score with its name."""
        yield WORDS, self.words
        if self.reader is not None:
            yield "reader", self.reader.reader
            yield "both", self.reader.both


def print_scores(on_labels: Scores, on_news: Scores | None, output: OutputFormat) -> None:
    """Print the tally of each rule and language and the totals, and false alarms on news."""
    if output is OutputFormat.JSON:
        print_line(json.dumps(_describe_scores(on_labels, on_news)))
        return
    for name, score in on_labels.parts():
        if on_labels.reader is not None:
            print_line(_TITLES[name])
        open_console().print(_build_table(_list_rows(score)))
        for line in _list_false_hits(score):
            print_line(line)
    for line in (*_list_losses(on_labels.reader), *_list_false_alarms(on_news)):
        print_line(line)


def _describe_scores(on_labels: Scores, on_news: Scores | None) -> dict[str, object]:
    """The scores of words alone stand at the top, those with the reader under their names."""
    described: dict[str, object] = {"reports": on_labels.words.reports}
    news = dict(on_news.parts()) if on_news else {}
    for name, score in on_labels.parts():
        part: dict[str, object] = {
            "scores": [_describe(*row) for row in _list_rows(score)],
            "false_per_100": {each: score.per_100(each) for each in sorted(score.by_language)},
            "news": _describe_news(news[name]) if news else None,
        }
        described |= part if name == WORDS else {name: part}
    return described


def _list_false_hits(score: Score) -> Iterator[str]:
    """What precision does not show where little is expected, or nothing."""
    for language, reports in sorted(score.by_language.items()):
        false = score.total(language=language).false
        share = _format(score.per_100(language), 1)
        yield f"{language}: {false} false hits in {reports} labelled reports: {share} per 100"


def _list_losses(score: ReaderScore | None) -> Iterator[str]:
    """Why the reader does not find what words miss too, and what its veto is good for."""
    if score is None:
        return
    for (language, reason), count in sorted(score.lost.items()):
        lost = format_count(count, "is", "are")
        yield f"{language}: of those that words miss {lost} lost, {reason}"
    for language, count in sorted(score.spared.items()):
        spared = format_count(count, "false suspicion is", "false suspicions are")
        yield f"{language}: {spared} spared by the veto"


def _list_false_alarms(on_news: Scores | None) -> Iterator[str]:
    for name, score in on_news.parts() if on_news else ():
        by = "" if on_news is None or on_news.reader is None else f" by {name}"
        yield (
            f"{format_count(score.total().false, 'false alarm')}{by}"
            f" in {format_count(score.reports, 'report')} of news:"
            f" {_format(score.per_10000, 1)} per 10,000"
        )
    if on_news and on_news.reader is not None and on_news.words.reports:
        share = on_news.reader.gated / on_news.words.reports
        yield f"passed by the reader's gate: {on_news.reader.gated}, {share:.1%}"


def _list_rows(score: Score) -> Iterator[tuple[str, str, Tally]]:
    for (rule, language), tally in sorted(score.tallies.items()):
        yield rule, language, tally
    for language in sorted({language for _, language in score.tallies}):
        yield ALL, language, score.total(language=language)
    yield ALL, ALL, score.total()


def _describe(rule: str, language: str, tally: Tally) -> dict[str, object]:
    return {
        "rule": rule,
        "language": language,
        "found": tally.found,
        "missed": tally.missed,
        "false": tally.false,
        "recall": tally.recall,
        "precision": tally.precision,
    }


def _describe_news(score: Score) -> dict[str, object]:
    by_rule = {rule: score.total(rule).false for rule, _ in sorted(score.tallies)}
    return {
        "reports": score.reports,
        "false": score.total().false,
        "per_10000": score.per_10000,
        "by_rule": {rule: count for rule, count in by_rule.items() if count},
    }


def _build_table(rows: Iterable[tuple[str, str, Tally]]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("rule", min_width=RULE_WIDTH, overflow="fold")
    table.add_column("language")
    for name in ("found", "missed", "false", "recall", "precision"):
        table.add_column(name, justify="right")
    for rule, language, tally in rows:
        counts = (tally.found, tally.missed, tally.false)
        shares = (_format(tally.recall, 3), _format(tally.precision, 3))
        table.add_row(*map(plain_text, (rule, language, *map(str, counts), *shares)))
    return table


def _format(share: float | None, digits: int) -> str:
    return "-" if share is None else f"{share:.{digits}f}"


def print_wrong(wrong: Iterable[ReportScore], *, with_words: bool) -> None:
    """Print a line for each report that missed a rule or raised a false alarm."""
    for report in wrong:
        judged = {"missed": sorted(report.missed), "false": sorted(report.false)}
        line: dict[str, object] = {"id": report.event.id, **judged}
        if with_words:
            line |= {"title": report.event.title, "text": report.event.text}
        kept = {key: value for key, value in line.items() if value}
        print_line(json.dumps(kept, ensure_ascii=False))
