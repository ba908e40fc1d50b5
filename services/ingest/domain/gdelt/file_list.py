"""Which files of events there are, by their time."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

STEP = timedelta(minutes=15)
MOST_MISSED = 96
"""Files that are fetched after a pause: those of a day. What is older is left out."""
_FORMAT = "%Y%m%d%H%M%S"
_URL = re.compile(r"\S+/(\d{14})\.export\.CSV\.zip")
_MD5 = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"(\d{14})\.export\.csv(?:\.zip)?", re.IGNORECASE)
_LARGEST_LIST = 64 * 1024
_PARTS = 3


@dataclass(frozen=True, slots=True)
class EventsFile:
    """A file by its time (14 digits, UTC); `md5` is known of the newest alone."""

    stamp: str
    url: str
    md5: str | None = None


def find_newest(listing: bytes) -> EventsFile | None:
    """The file of events that `lastupdate.txt` names, or None."""
    for line in listing[:_LARGEST_LIST].decode("utf-8", "replace").splitlines():
        parts = line.split()
        if len(parts) != _PARTS or (url := _URL.fullmatch(parts[2])) is None:
            continue
        md5 = parts[1].lower()
        return EventsFile(url[1], parts[2], md5) if _MD5.fullmatch(md5) else None
    return None


def list_missing(newest: EventsFile, last: str) -> Iterator[EventsFile]:
    """The files after the one of the time `last`, oldest first; without it the newest alone."""
    end, start = _read_stamp(newest.stamp), _read_stamp(last)
    if end is None or start is None:
        if newest.stamp > last:
            yield newest
        return
    first = max(start + STEP, end - (MOST_MISSED - 1) * STEP)
    while first < end:
        stamp = first.strftime(_FORMAT)
        yield replace(newest, stamp=stamp, url=newest.url.replace(newest.stamp, stamp), md5=None)
        first += STEP
    if start < end:
        yield newest


def list_files(names: Iterable[str], last: str) -> list[tuple[str, str]]:
    """Times and names of the files in a folder after the time `last`, oldest first."""
    found = ((match[1], name) for name in names if (match := _NAME.fullmatch(name)))
    return sorted(each for each in found if each[0] > last)


def _read_stamp(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, _FORMAT)  # noqa: DTZ007  (all of them are UTC)
    except ValueError:
        return None
