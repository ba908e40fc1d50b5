"""What a source gave for each field of a report → the values that an event has."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from services.ingest.domain.result import FieldError
from services.ingest.domain.sources.items import RefusedItem, ReportDraft
from services.ingest.domain.sources.mapping_document import Markup, TypeCodes
from services.ingest.domain.sources.source_document import SourceDocument
from services.ingest.domain.values.countries import find_country
from services.ingest.domain.values.dates import DateReading, UnreadableTime, read_time
from services.ingest.domain.values.event_codes import find_acled_type, find_cameo_type
from services.ingest.domain.values.html import read_html
from services.ingest.domain.values.plain_values import (
    describe,
    is_empty,
    read_flag,
    read_line,
    read_lines,
    read_number,
    read_strings,
)
from services.ingest.domain.values.slack_text import read_slack_text
from services.ingest.domain.values.texts import clean_text

TIMES = ("occurred_at", "occurred_until", "published_at")
REPORTED_COUNTRY = "reported_country"
UNREAD_DATE = "unread_date"
"""The attributes that keep what was written where it could not be read."""

_READERS: Mapping[str, Callable[[Any], Any]] = {
    "lat": read_number,
    "lon": read_number,
    "credibility": read_number,
    "actors": read_lines,
    "targets": read_lines,
    "exercise": read_flag,
}
_TEXT_READERS: Mapping[Markup, Callable[[str], str]] = {
    "html": read_html,
    "slack": read_slack_text,
    "plain": clean_text,
}


@dataclass(frozen=True)
class DraftReader:
    """Reads the values of drafts of one source.

    A field that is empty is absent. `type_codes`: the scheme that `type` is a code of.
    """

    source: SourceDocument
    type_codes: TypeCodes | None = None
    markup: Markup = "html"

    @cached_property
    def reading(self) -> DateReading:
        """How the dates of the source are read."""
        return DateReading(ZoneInfo(self.source.timezone), self.source.date_order)

    def read_draft(self, draft: ReportDraft) -> ReportDraft | RefusedItem:
        """The draft with the values of an event, or every value that cannot be read.

        A name of a country that nobody knows, and a time of publication that is no date, are kept
        as attributes. Never raises.
        """
        body: dict[str, Any] = {}
        errors: list[FieldError] = []
        for field, value in self._list_given(draft.body):
            try:
                self._read_field(body, field, value)
            except ValueError as error:
                errors.append(FieldError(field=field, message=str(error)))
        if errors:
            return RefusedItem(draft.place, tuple(errors))
        return ReportDraft(body, draft.place)

    def _list_given(self, body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        given = {field: value for field, value in body.items() if not is_empty(value)}
        if self.source.language:
            given.setdefault("language", self.source.language)
        yield from given.items()

    def _read_field(self, body: dict[str, Any], field: str, value: Any) -> None:
        if field in TIMES:
            self._read_time(body, field, value)
        elif field in ("quantities", "attributes"):
            self._read_map(body, field, value)
        elif field == "country":
            self._read_country(body, value)
        else:
            read = self._read_value(field, value)
            if not is_empty(read):
                body[_name_of(field)] = read

    def _read_value(self, field: str, value: Any) -> Any:
        if field in ("title", "text"):
            return self._read_words(field, value)
        if field == "channel":
            return f"{self.source.id}:{'_'.join(read_line(value).split())}"
        if field == "type":
            return self._read_type(value)
        if field == "language":
            return read_line(value).replace("_", "-").partition("-")[0].lower()
        read: Callable[[Any], Any] = _READERS.get(field, read_line)
        return read(value)

    def _read_words(self, field: str, value: Any) -> str:
        written = value if isinstance(value, str) else read_line(value)
        words = _TEXT_READERS[self.markup](written)
        return " ".join(words.split()) if field == "title" else words

    def _read_type(self, value: Any) -> str | None:
        if self.type_codes == "cameo":
            return find_cameo_type(value)
        if self.type_codes == "acled":
            return find_acled_type(*(value if isinstance(value, list) else [value]))
        return read_line(value).lower()

    def _read_time(self, body: dict[str, Any], field: str, value: Any) -> None:
        try:
            read = read_time(value, self.reading)
        except UnreadableTime:
            if field != "published_at":
                raise
            _keep(body, UNREAD_DATE, value)
            return
        body[field] = read.end if field == "occurred_until" and read.end else read.start
        if field == "occurred_at" and read.end is not None:
            body.setdefault("occurred_until", read.end)

    def _read_country(self, body: dict[str, Any], value: Any) -> None:
        code = find_country(value)
        if code is None:
            _keep(body, REPORTED_COUNTRY, value)
        else:
            body["country"] = code

    def _read_map(self, body: dict[str, Any], field: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise ValueError("is no map of names and values")  # noqa: TRY004  (one kind of error)
        read = read_number if field == "quantities" else read_strings
        values = {name: read(each) for name, each in value.items() if not is_empty(each)}
        if values:
            body[field] = body.get(field, {}) | values


def _name_of(field: str) -> str:
    return "source" if field == "channel" else field


def _keep(body: dict[str, Any], name: str, value: Any) -> None:
    body["attributes"] = {name: describe(value)} | body.get("attributes", {})
