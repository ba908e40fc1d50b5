"""How scores are printed: a table or a JSON object, and the reports that are wrong."""

import json
from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Console
from rich.table import Table

from cli.output import OutputFormat, plain_text, print_line
from services.matcher.domain.backtest.score import ReportScore, Score, Tally

ALL = "all"
RULE_WIDTH = 22


def print_scores(on_labels: Score, on_news: Score | None, output: OutputFormat) -> None:
    """Print the tally of each rule and language and the totals, and false alarms on news."""
    rows = list(_list_rows(on_labels))
    news = None if on_news is None else _describe_news(on_news)
    if output is OutputFormat.JSON:
        described = [_describe(*row) for row in rows]
        print_line(json.dumps({"reports": on_labels.reports, "scores": described, "news": news}))
        return
    Console().print(_build_table(rows))
    if on_news is not None:
        print_line(
            f"{on_news.total().false} false alarms in {on_news.reports} reports of news:"
            f" {_format(on_news.per_10000, 1)} per 10,000"
        )


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
