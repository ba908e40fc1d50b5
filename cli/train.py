"""`vedette rules train`: trains the second reader's heads, and keeps them beside the rules."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from cli.faults import CommandFailure
from cli.input_file import open_lines
from cli.output import print_line
from cli.reader import print_reader_notes, start_trainer
from cli.rule_set import RulesFolder, print_faults, read_folder
from services.counts import format_count
from services.matcher.adapters.event_file import BadLine
from services.matcher.adapters.labelled_file import read_labelled
from services.matcher.adapters.sentence_models.heads_file import write_heads
from services.matcher.adapters.sentence_models.news_file import NO_NEWS, ReadNews, read_news
from services.matcher.adapters.sentence_models.training_files import (
    PackExamples,
    list_pack_examples,
)
from services.matcher.domain.backtest.score import NewsVerdict
from services.matcher.domain.reader.stored_heads import store_heads
from services.matcher.domain.reader.training import Trainer
from services.matcher.domain.rules.reader_rulebook import make_reader_rulebook
from services.matcher.domain.rules.rulebook import Rulebook

FAILED = 1

NewsOption = Annotated[
    str | None,
    typer.Option("--news", help="JSON lines of reports that hardly any rule may suspect."),
]
VerdictsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--verdicts",
        help="JSON lines of what is true of items of --news, as `rules score` takes them.",
    ),
]


def train(
    folder: RulesFolder = Path("rules"),
    news: NewsOption = None,
    verdicts: VerdictsOption = None,
) -> None:
    """Train the second reader and write `heads.json` beside each `pack.yaml`.

    It learns from what `reader:` in `pack.yaml` names, and from what of --news passes a gate: the
    file keeps heads and thresholds, and nothing of the news. The same files give the same heads.
    Exit code 1 if anything cannot be read; nothing is written then.
    """
    files = read_folder(folder)
    rulebook, faults = files.rulebook()
    rules = {pack.name: pack for pack in rulebook.packs}
    packs = [list_pack_examples(pack, rules[pack.name]) for pack in files.packs]
    faults += tuple(fault for pack in packs for fault in pack.faults)
    print_faults(faults)
    given = _read_news(news, rulebook, verdicts or ()) if news else NO_NEWS
    if faults or given.faults:
        raise typer.Exit(FAILED)
    trainer = start_trainer()
    for pack in packs:
        if pack.meanings:
            _train_pack(pack, trainer, given)


def _read_news(file: str, rulebook: Rulebook, verdicts: Iterable[str]) -> ReadNews:
    read = chain.from_iterable(map(_read_verdicts, verdicts))
    known = {verdict.event_id: verdict.label for verdict in read}
    with open_lines(file) as lines:
        news = read_news(lines, make_reader_rulebook(rulebook), known)
    for fault in news.faults:
        print_line(f"{file}: {fault}", err=True)
    return news


def _read_verdicts(file: str) -> list[NewsVerdict]:
    with open_lines(file) as lines:
        read = list(read_labelled(lines))
    for line in read:
        if isinstance(line, BadLine):
            raise CommandFailure(f"{file}: {line}")
    return [line for line in read if isinstance(line, NewsVerdict)]


def _train_pack(pack: PackExamples, trainer: Trainer, news: ReadNews) -> None:
    trained = pack.train(trainer, news)
    print_reader_notes(f"{pack.pack.name}: {note}" for note in trained.notes)
    try:
        path = write_heads(pack.pack, store_heads(trained))
    except OSError as error:
        raise CommandFailure(f"{error.filename}: {error.strerror}") from error
    print_line(
        f"{path}: {format_count(len(trained.heads), 'head')} for {trained.model},"
        f" of {format_count(len(pack.examples), 'example')}"
        f" and {format_count(news.reports, 'report')} of news"
    )
