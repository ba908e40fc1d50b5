"""What a source's items make: reports to publish, refusals to count, and what is left out."""

from collections.abc import Sequence

from services.ingest.domain.pulling.ports import PulledReports
from services.ingest.domain.result import refuse
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SkippedItem, SourceItem


def split_items(items: Sequence[SourceItem], position: str) -> PulledReports:
    """The items as reports that lead to `position`."""
    reports = [
        dict(item.body) if isinstance(item, ReportDraft) else refuse({}, *item.errors)
        for item in items
        if isinstance(item, ReportDraft | RefusedItem)
    ]
    skipped = sum(isinstance(item, SkippedItem) for item in items)
    return PulledReports(reports, position, skipped)
