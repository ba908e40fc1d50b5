"""`vedette rules score`: precision and recall on labelled reports, false alarms on news."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from cli.choices import choice_option
from cli.input_file import open_lines
from cli.output import OutputFormat, print_line
from cli.reader import open_reader
from cli.rule_set import RulesFolder, print_faults, read_folder
from cli.score_output import Scores, print_scores, print_wrong
from cli.score_picture import draw_curves
from services.document_faults import suggest_name
from services.matcher.adapters.event_file import BadLine, read_events
from services.matcher.adapters.labelled_file import read_labelled
from services.matcher.adapters.rules.rule_files import RuleFiles
from services.matcher.domain.backtest.score import (
    Label,
    LabelledReport,
    NewsVerdict,
    ReportScore,
    Score,
    score_report,
)
from services.matcher.domain.backtest.score_floors import find_failed_floors
from services.matcher.domain.reader.reader_score import ReaderScore
from services.matcher.domain.reader.reading import Reader
from services.matcher.domain.rules.rulebook import Rulebook

FAILED = 1
NO_LABEL = Label()

LabelledFiles = Annotated[
    list[str],
    typer.Option(
        "--labelled",
        help="JSON lines, each an event with `expect`: the rules it must match; also .gz. A line"
        " with an `id` alone is the verdict on that item of --news. May be given again.",
    ),
]
NewsFile = Annotated[
    str | None, typer.Option("--news", help="JSON lines of reports that hardly any rule may match.")
]
Detail = Annotated[
    bool | None,
    typer.Option(
        "--list/--unseen",
        help="--list: print wrong reports with their words. --unseen: print numbers alone.",
    ),
]


ReadTwice = Annotated[
    bool, typer.Option("--reader", help="Also score the second reader, alone and beside words.")
]
Picture = Annotated[
    Path | None,
    typer.Option(help="With --reader: a PNG of precision against recall, a curve a rule."),
]


def score(  # noqa: PLR0913, PLR0917  (typer makes an option of each)
    labelled: LabelledFiles,
    news: NewsFile = None,
    folder: RulesFolder = Path("rules"),
    output: Annotated[OutputFormat, choice_option(OutputFormat, "--format")] = OutputFormat.TABLE,
    detail: Detail = None,
    reader: ReadTwice = False,  # noqa: FBT002  (typer makes --reader of it)
    picture: Picture = None,
) -> None:
    """Measure the detection rules on labelled reports and on news.

    Precision and recall by rule and language, and false alarms per 10,000 reports. A line that
    cannot be read is reported and skipped. Exit code 1 on a fault, or below a floor of `pack.yaml`.
    """
    files = read_folder(folder)
    rulebook, faults = files.rulebook()
    print_faults(faults)
    second = open_reader(files, rulebook) if reader else None
    scoring = Scoring(rulebook, second, faults=len(faults))
    on_labels = scoring.score_labelled(labelled)
    on_news = scoring.score_news(news) if news else None
    print_scores(on_labels, on_news, output)
    if detail is not False:
        print_wrong(scoring.wrong, with_words=detail is True)
    if picture is not None:
        draw_curves(on_labels, picture)
    failed = _print_failed(files, on_labels.words, on_news.words if on_news else None)
    if failed or scoring.faults:
        raise typer.Exit(FAILED)


def _print_failed(files: RuleFiles, on_labels: Score, on_news: Score | None) -> bool:
    """Print each floor of the packs that is not reached; whether there is one."""
    failed = [
        f"{pack.name}: {line}"
        for pack in files.packs
        for line in find_failed_floors(pack.pack.floors, on_labels, on_news)
    ]
    for line in failed:
        print_line(line, err=True)
    return bool(failed)


@dataclass(slots=True)
class Scoring:
    """Reads files and scores their reports; keeps the wrong ones, and counts faults."""

    rulebook: Rulebook
    reader: Reader | None = None
    faults: int = 0
    wrong: list[ReportScore] = field(default_factory=list)
    _verdicts: dict[str, Label] = field(default_factory=dict)
    _unknown: set[str] = field(default_factory=set)

    def score_labelled(self, files: Iterable[str]) -> Scores:
        """The scores of all labelled reports of the files; verdicts are kept for the news."""
        reports = [report for file in files for report in self._read(file)]
        return self._count(
            score_report(self.rulebook, report.event, report.label) for report in reports
        )

    def score_news(self, file: str) -> Scores:
        """The scores of the news, where all that has no verdict is a false alarm."""
        return self._count(self._score_news(file))

    def _count(self, scored: Iterable[ReportScore]) -> Scores:
        total = Scores(reader=ReaderScore() if self.reader else None)
        for report in scored:
            total.words.add(report)
            both = self._read_twice(report, total.reader)
            if not both.is_right:
                self.wrong.append(both)
        return total

    def _read_twice(self, report: ReportScore, total: ReaderScore | None) -> ReportScore:
        """The score with what the reader suspects."""
        if self.reader is None or total is None:
            return report
        return total.add(report, self.reader.read(report.event))

    def _score_news(self, file: str) -> Iterator[ReportScore]:
        with open_lines(file) as lines:
            for event in read_events(lines):
                if isinstance(event, BadLine):
                    self._report(file, str(event))
                else:
                    label = self._verdicts.get(event.id, NO_LABEL)
                    yield score_report(self.rulebook, event, label)

    def _read(self, file: str) -> Iterator[LabelledReport]:
        with open_lines(file) as lines:
            for line in read_labelled(lines):
                if isinstance(line, BadLine):
                    self._report(file, str(line))
                    continue
                self._report_unknown(file, line)
                if isinstance(line, NewsVerdict):
                    self._verdicts[line.event_id] = line.label
                else:
                    yield line

    def _report_unknown(self, file: str, labelled: LabelledReport | NewsVerdict) -> None:
        """Report each name that no detection rule has, where it is first used."""
        names = self._rule_names()
        for name in sorted(labelled.label.rules - names.keys() - self._unknown):
            self._unknown.add(name)
            hint = suggest_name(name, names)
            fault = f"line {labelled.line}: expect: no detection rule is called {name!r}"
            self._report(file, f"{fault}; {hint}" if hint else fault)

    def _rule_names(self) -> Mapping[str, None]:
        return dict.fromkeys(rule.name for pack in self.rulebook.packs for rule in pack.rules)

    def _report(self, file: str, fault: str) -> None:
        self.faults += 1
        print_line(f"{file}: {fault}", err=True)
