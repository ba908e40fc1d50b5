"""Reads GDELT's files of events: by the list of the newest, or from a folder."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from services.ingest.adapters.fetching.fetcher import Fetcher, FetchRequest
from services.ingest.adapters.pulling.folder import list_names, read_file
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.gdelt.file_list import (
    EventsFile,
    find_newest,
    list_files,
    list_missing,
)
from services.ingest.domain.pulling.ports import PulledReports
from services.ingest.domain.pulling.position import GdeltPosition, read_position
from services.ingest.domain.pulling.reports import split_items
from services.ingest.domain.sources.items import ItemReader


@dataclass(frozen=True, slots=True)
class GdeltFolderPuller:
    """Implements Puller for files in a folder, in the order of the times in their names."""

    folder: Path
    reader: ItemReader

    async def pull(self, position: str | None) -> AsyncGenerator[PulledReports, None]:
        """As Puller says: file by file."""
        last = read_position(GdeltPosition, position)
        names = await asyncio.to_thread(list_names, self.folder)
        for stamp, name in list_files(names, last.stamp):
            raw = await asyncio.to_thread(read_file, self.folder / name)
            yield await read_events(self.reader, raw, stamp)


@dataclass(frozen=True, slots=True)
class GdeltPuller:
    """Implements Puller for the files that `lastupdate.txt` names, and those missed before."""

    url: str
    build_request: Callable[[str], FetchRequest]
    fetcher: Fetcher
    reader: ItemReader

    async def pull(self, position: str | None) -> AsyncGenerator[PulledReports, None]:
        """As Puller says: file by file. A file that is missing, but for the newest, is skipped."""
        last = read_position(GdeltPosition, position)
        listing = await self.fetcher.fetch(self.build_request(self.url))
        newest = find_newest(listing.body)
        if newest is None:
            message = "names no file of events: is it GDELT 2.0's lastupdate.txt?"
            raise FetchFailed(FailureReason.UNREADABLE, message)
        for file in list_missing(newest, last.stamp):
            raw = await self._fetch_file(file)
            yield await read_events(self.reader, raw, file.stamp)

    async def _fetch_file(self, file: EventsFile) -> bytes:
        try:
            raw = (await self.fetcher.fetch(self.build_request(file.url))).body
        except FetchFailed as failed:
            if failed.status == HTTPStatus.NOT_FOUND and file.md5 is None:
                return b""
            raise
        if file.md5 is not None and hashlib.md5(raw, usedforsecurity=False).hexdigest() != file.md5:
            message = f"{file.stamp}: not the file that the list means"
            raise FetchFailed(FailureReason.UNREADABLE, message)
        return raw


async def read_events(reader: ItemReader, raw: bytes, stamp: str) -> PulledReports:
    """The reports of a file, read beside the loop."""
    items = await asyncio.to_thread(lambda: list(reader.read_items(raw)))
    return split_items(items, GdeltPosition(stamp=stamp).model_dump_json())
