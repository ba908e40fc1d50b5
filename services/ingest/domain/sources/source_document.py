"""What every source has, whatever its kind."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator

from schemas.duty import is_own
from schemas.event import Reliability, Source
from schemas.model import Document, Name
from schemas.time_span import NonZeroSpan
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.written_values import DateOrder, Language, RateLimit, Zone


def _check_not_own(source: str) -> str:
    if is_own(source):
        raise ValueError("Vedette's own: nobody else publishes as it")
    if source.endswith(":"):
        raise ValueError("ends in a colon: channels are written behind it")
    return source


class SourceDocument(Document):
    """One source: who it is, how it is graded, and how its words are to be read.

    `every`: how often it is expected to report. `language`, `timezone` and `date_order` are those
    of items that do not say their own. `paused` sources are neither fetched nor taken.
    """

    id: Annotated[Source, AfterValidator(_check_not_own)]
    description: Name | None = None
    owner: Name | None = None
    reliability: Reliability | None = None
    language: Language | None = None
    timezone: Zone = "UTC"
    date_order: DateOrder | None = None
    every: NonZeroSpan | Literal["never"] | None = None
    limit: RateLimit = RateLimit()
    paused: bool = False

    @property
    def owned_by(self) -> str:
        """Who owns it: by default itself."""
        return self.owner or self.id

    @property
    def silent_after(self) -> timedelta | None:
        """How long without a report is unexpected; None: any time."""
        return self.every if isinstance(self.every, timedelta) else None

    def make_reporter(self, sources: frozenset[str]) -> Reporter:
        """The reporter of what it sends, among all `sources`."""
        limit = self.limit
        rates = (limit.reports_per_second, limit.bytes_per_second)
        return Reporter(self.id, self.owned_by, self.reliability, sources, *rates)


class MappedSource(SourceDocument):
    """A source whose items are not reports yet; without a mapping its kind knows how to read it."""

    mapping: MappingDocument | None = None
