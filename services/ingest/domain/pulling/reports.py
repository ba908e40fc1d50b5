"""What a source's items make: reports to publish, refusals to count, and what is left out."""

from collections.abc import Sequence

from services.ingest.domain.pulling.ports import PulledReports
from services.ingest.domain.result import FieldError, ReportResult, refuse
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SkippedItem, SourceItem


def split_items(items: Sequence[SourceItem], position: str) -> PulledReports:
    """The items as reports that lead to `position`."""
    reports = [
        dict(item.body) if isinstance(item, ReportDraft) else _refuse(item)
        for item in items
        if isinstance(item, ReportDraft | RefusedItem)
    ]
    skipped = sum(isinstance(item, SkippedItem) for item in items)
    return PulledReports(reports, position, skipped)


def _refuse(item: RefusedItem) -> ReportResult:
    """Its refusal, which says where the item is: nobody sees it but in the log."""
    located = (
        FieldError(field=error.field, message=f"{error.message}, at {item.place}")
        for error in item.errors
    )
    return refuse({}, *located)
