"""The feedparser project's own feeds, where their archive is at hand."""

import re
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ingest.domain.feeds.item import identify_items
from services.ingest.domain.feeds.parse import parse_feed
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed

ARCHIVE = Path(__file__).parents[4] / "shared" / "data" / "feeds_feedparser.tar.gz"
STALL_SECONDS = 2.0
EXPECTED = re.compile(
    r"Expect:\s+(?:not bozo and )?entries\[0\]\['?(id|link|title|summary|published|author)'?\]"
    r" == u?'([^'\\]*)'\s*$",
    re.MULTILINE,
)

# what feedparser does to HTML is left out: it becomes text; and some declare entities
OTHERS = re.compile(r"/(sanitize|base|entities|amp|encoding|sgml)/")

pytestmark = pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive is not at hand")


def documents() -> Iterator[tuple[str, bytes]]:
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.name.endswith(".xml") else None
            if stream is not None:
                yield member.name, stream.read()


def test_no_feed_crashes_or_stalls_and_few_are_refused() -> None:
    refused: Counter[FailureReason] = Counter()
    slowest, count = 0.0, 0
    for _, body in documents():
        started = time.process_time()
        try:
            identify_items(parse_feed(body, {}, ""))
        except FetchFailed as failed:
            refused[failed.reason] += 1
        slowest, count = max(slowest, time.process_time() - started), count + 1

    assert count > 2000
    assert slowest < STALL_SECONDS
    assert refused.keys() <= {FailureReason.DOCTYPE, FailureReason.UNREADABLE}
    assert refused.total() < count / 100


def test_items_have_the_values_that_the_corpus_expects() -> None:
    checked = 0
    for name, body in documents():
        found = EXPECTED.search(body.decode("latin-1"))
        if found is not None and not OTHERS.search(name):
            checked += 1
            field, value = found.groups()
            assert (name, value.strip()) == (name, read_value(body, field))

    assert checked > 80


def read_value(body: bytes, field: str) -> str:
    [item, *_] = parse_feed(body, {}, "")
    if field == "author":
        return item.authors[0]
    return str(getattr(item, {"id": "guid"}.get(field, field)))
