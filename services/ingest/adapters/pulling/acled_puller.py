"""Reads ACLED's API: what was uploaded since, edited, and deleted."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import iso3166

from services.ingest.adapters.fetching.fetcher import Fetcher, FetchRequest
from services.ingest.domain.acled.page import ROWS, UnreadablePage, read_access_token, read_page
from services.ingest.domain.acled.report import AcledMaker, make_retraction
from services.ingest.domain.acled.row import find_version
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.pulling.changes import SeenItem, find_change, remember
from services.ingest.domain.pulling.ports import PulledReports
from services.ingest.domain.pulling.position import AcledPosition, read_position
from services.ingest.domain.pulling.reports import split_items
from services.ingest.domain.sources.items import SourceItem
from services.ingest.domain.sources.polled_sources import AcledSource

MOST_PAGES = 1000
CLIENT = "acled"
LONGEST = 11
"""Digits of a time in seconds."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AcledPuller:
    """Implements Puller for the API of ACLED, with an account."""

    source: AcledSource
    read_account: Callable[[], Mapping[str, str]]
    fetcher: Fetcher
    maker: AcledMaker
    now: Callable[[], datetime]

    async def pull(self, position: str | None) -> AsyncGenerator[PulledReports, None]:
        """As Puller says: page by page; the time moves behind the last page of each list."""
        last = read_position(AcledPosition, position)
        since = last.uploaded or int((self.now() - self.source.since).timestamp())
        headers = {"Authorization": f"Bearer {await self._log_in()}"}
        async for rows, uploaded in self._list_pages(self.source.url, "timestamp", since, headers):
            items, seen = await asyncio.to_thread(self._make_reports, rows, last.seen)
            last = last.model_copy(update={"seen": seen, "uploaded": uploaded})
            if rows:
                yield split_items(items, last.model_dump_json(exclude_defaults=True))
        url, begin = self.source.deleted_url, last.deleted or since
        async for rows, deleted in self._list_pages(url, "deleted_timestamp", begin, headers):
            retractions = [make_retraction(id_) for id_, _ in map(find_version, rows) if id_]
            last = last.model_copy(update={"deleted": deleted})
            if rows:
                yield split_items(retractions, last.model_dump_json(exclude_defaults=True))

    async def _list_pages(
        self, url: str, field: str, since: int, headers: Mapping[str, str]
    ) -> AsyncGenerator[tuple[list[Mapping[str, Any]], int], None]:
        """The rows of each page after the time `since`, and the time up to which all are read."""
        newest = since
        for number in range(1, MOST_PAGES + 1):
            rows = await self._fetch(url, field, since, number, headers)
            newest = max((newest, *(_read_timestamp(row, field) for row in rows)))
            is_last = len(rows) < ROWS
            yield rows, newest if is_last else since
            if is_last:
                return

    def _make_reports(
        self, rows: list[Mapping[str, Any]], seen: Mapping[str, str]
    ) -> tuple[list[SourceItem], dict[str, str]]:
        versions = [(SeenItem(*find_version(row)), row) for row in rows]
        items = [
            self.maker.make_version(row, change)
            for item, row in versions
            if (change := find_change(item, seen)) is not None
        ]
        return items, remember((item for item, _ in versions), seen)

    async def _log_in(self) -> str:
        form = {**self.read_account(), "grant_type": "password", "client_id": CLIENT}
        request = FetchRequest(self.source.token_url, {}, self._allowed, form)
        return _read(read_access_token, (await self.fetcher.fetch(request)).body)

    async def _fetch(
        self, url: str, field: str, since: int, page: int, headers: Mapping[str, str]
    ) -> list[Mapping[str, Any]]:
        query = {
            "_format": "json",
            field: since,
            f"{field}_where": ">",
            "limit": ROWS,
            "page": page,
        }
        if self.source.countries and url == self.source.url:
            numbers = (int(iso3166.countries.get(code).numeric) for code in self.source.countries)
            query["iso"] = ":OR:iso=".join(map(str, numbers))
        request = FetchRequest(f"{url}?{urlencode(query, safe=':=')}", headers, self._allowed)
        return _read(read_page, (await self.fetcher.fetch(request)).body)

    @property
    def _allowed(self) -> frozenset[str]:
        return frozenset(self.source.private_hosts)


def _read(read: Callable[[bytes], T], raw: bytes) -> T:
    try:
        return read(raw)
    except UnreadablePage as error:
        raise FetchFailed(FailureReason.UNREADABLE, str(error)) from None


def _read_timestamp(row: Mapping[str, Any], name: str = "timestamp") -> int:
    """Seconds since 1970; 0 where it is none."""
    written = str(row.get(name, ""))
    return (
        int(written) if written.isascii() and written.isdigit() and len(written) <= LONGEST else 0
    )
