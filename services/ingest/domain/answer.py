"""The answer to one request."""

from collections.abc import Sequence
from http import HTTPStatus

from schemas.model import Model
from services.ingest.domain.result import ReportResult, ReportStatus


class Answer(Model):
    """The body of every answer: `error` for the request, `results` for its reports in order."""

    error: str | None = None
    results: tuple[ReportResult, ...] = ()


def choose_status(results: Sequence[ReportResult]) -> HTTPStatus:
    """503 when a report is not acknowledged, 422 when some are refused and none taken, else 202."""
    statuses = {result.status for result in results}
    if ReportStatus.UNACKNOWLEDGED in statuses:
        return HTTPStatus.SERVICE_UNAVAILABLE
    none_taken = bool(statuses) and ReportStatus.ACCEPTED not in statuses
    return HTTPStatus.UNPROCESSABLE_ENTITY if none_taken else HTTPStatus.ACCEPTED


def build_answer(results: Sequence[ReportResult]) -> Answer:
    """The whole answer; where nothing was accepted its error is the first of all errors."""
    if choose_status(results) is HTTPStatus.ACCEPTED:
        return Answer(results=tuple(results))
    by_urgency = sorted(results, key=lambda result: result.status != ReportStatus.UNACKNOWLEDGED)
    first = next(error for result in by_urgency for error in result.errors)
    return Answer(error=first.text, results=tuple(results))
