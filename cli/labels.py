"""`vedette rules labels`: what people said of suspicions, as labelled reports."""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from cli.faults import CommandFailure
from cli.input_file import open_lines
from cli.output import print_line
from cli.settings import kafka_settings
from schemas.alert import Alert
from schemas.envelope import ALERT, VERDICT, header
from schemas.topics import ALERTS, SIGNALS, topic_name
from schemas.verdict import Verdict
from services.matcher.adapters.topics.described_faults import describe_faults
from services.matcher.domain.reader.judged_reports import JudgedReport, judge_reports

M = TypeVar("M", bound=BaseModel)

VerdictsFile = Annotated[
    str | None,
    typer.Option("--verdicts", help="JSON lines of verdicts; default: those of the signals topic."),
]
AlertsFile = Annotated[
    str | None,
    typer.Option("--alerts", help="JSON lines of alerts; default: those of the alerts topic."),
]


def labels(verdicts: VerdictsFile = None, alerts: AlertsFile = None) -> None:
    """Print a labelled report for each suspicion that people have judged.

    `useful` makes it an example of the meaning, `noise` one of none. `rules score` and `rules
    train` take the lines in; read them first, since an alert keeps 500 characters of a report.

    The broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS, the topics' names begin with
    VEDETTE_TOPIC_PREFIX.
    """
    given = list(_read(Verdict, verdicts, SIGNALS, VERDICT))
    shown = list(_read(Alert, alerts, ALERTS, ALERT))
    for report in judge_reports(given, shown):
        print_line(json.dumps(_describe(report), ensure_ascii=False))


def _describe(report: JudgedReport) -> dict[str, object]:
    """A line of a labelled file; what is still open is allowed."""
    piece = report.evidence
    texts = {"title": piece.title, "text": piece.excerpt if piece.excerpt != piece.title else None}
    by = {f"{verdict.judgement}: {verdict.by}" for verdict in report.verdicts}
    comments = {verdict.comment for verdict in report.verdicts if verdict.comment}
    return {
        "id": f"{piece.source}/{piece.event_id}",
        **{name: text for name, text in texts.items() if text},
        "expect": sorted(report.means),
        "allow": sorted(report.open - report.means - report.means_not),
        "origin": "verdict",
        "why": "; ".join([*sorted(by), *sorted(comments)]),
    }


def _read(model: type[M], file: str | None, topic: str, kind: str) -> Iterator[M]:
    lines = _read_topic(topic, kind) if file is None else _read_file(file)
    for place, line in lines:
        try:
            yield model.model_validate_json(line)
        except ValidationError as error:
            raise CommandFailure(f"{place}: {describe_faults(error)}") from error


def _read_file(file: str) -> Iterator[tuple[str, bytes]]:
    with open_lines(file) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield f"{file}: line {number}", line


def _read_topic(topic: str, kind: str) -> Iterable[tuple[str, bytes]]:
    from cli.records import open_consumer, read_topic  # noqa: PLC0415  (files need no Kafka)

    settings = kafka_settings()
    name = topic_name(settings.topic_prefix, topic)
    with open_consumer(settings) as consumer:
        for record in read_topic(consumer, name):
            if header(record.headers, "ce_type") == kind:
                yield f"{name}/{record.partition}@{record.offset}", record.value or b""
