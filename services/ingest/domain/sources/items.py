"""What a kind of source makes of the bytes that it gets: drafts of reports, and refused items."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.ingest.domain.result import FieldError


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """The body of a report, not validated yet; `place` says where in the input its item is."""

    body: Mapping[str, Any]
    place: str


@dataclass(frozen=True, slots=True)
class RefusedItem:
    """An item that cannot become a report, and why."""

    place: str
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class SkippedItem:
    """An item that the source's configuration leaves out, and why."""

    place: str
    reason: str


SourceItem = ReportDraft | RefusedItem | SkippedItem


def refuse_item(place: str, message: str, field: str = "") -> RefusedItem:
    """The item at `place`, refused for one reason; `field` is empty where it is of the whole."""
    return RefusedItem(place, (FieldError(field=field, message=message),))


class ItemReader(Protocol):
    """What every kind of source does; pure, and linear in the size of `raw`."""

    def read_items(self, raw: bytes) -> Iterator[SourceItem]:
        """Everything that is in `raw`, in its order. Never raises: what cannot be read is refused.

        `raw` is one body, message or file, as it came.
        """
