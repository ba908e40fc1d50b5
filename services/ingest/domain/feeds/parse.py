"""The bytes of a feed → its items. What a stranger wrote may cost much: see `child`."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import feedparser  # type: ignore[import-untyped]

from services.ingest.domain.feeds.item import FeedItem
from services.ingest.domain.feeds.json_feed import parse_json_feed
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed

MOST_ITEMS = 5_000
MOST_FIELDS = 32
LONGEST_FIELD = 1024
_DECLARATIONS = re.compile(rb"<!entity|<!doctype[^>\[]*\[", re.IGNORECASE)
_END = re.compile(r"</\s*(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>\s*$", re.IGNORECASE)
_TAIL = 512
_OWN_FIELDS = frozenset(
    {
        *("id", "guidislink", "link", "links", "base", "comments", "language"),
        *("title", "title_detail", "summary", "summary_detail", "content"),
        *("published", "published_parsed", "updated", "updated_parsed"),
        *("created", "created_parsed", "expired", "expired_parsed"),
        *("author", "author_detail", "authors", "tags", "where", "geo_lat", "geo_long"),
    }
)
_READ_HEADERS = ("content-type", "content-language")


def parse_feed(body: bytes, headers: Mapping[str, str], url: str) -> list[FeedItem]:
    """The items of a feed, in its order; `headers` in lower case, `url` for relative links.

    Of a feed that is cut off, the last item is left out: half of it may be missing.

    Raises:
        FetchFailed: it is no feed, declares entities, or has too many items.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        items: Sequence[FeedItem] = parse_json_feed(body)
    else:
        items = _parse_xml(body, headers, url)
    if len(items) > MOST_ITEMS:
        message = f"{len(items)} items: at most {MOST_ITEMS} are read"
        raise FetchFailed(FailureReason.TOO_LARGE, message)
    return list(items)


def check_declarations(body: bytes) -> None:
    """Check that the document declares nothing that grows.

    Raises:
        FetchFailed: it has an entity or a DOCTYPE with declarations in it.
    """
    # without the zeros of UTF-16 and UTF-32 their ASCII letters are bytes
    if _DECLARATIONS.search(body.replace(b"\0", b"")) is not None:
        message = "a DOCTYPE with declarations: entities are not expanded"
        raise FetchFailed(FailureReason.DOCTYPE, message)


def _parse_xml(body: bytes, headers: Mapping[str, str], url: str) -> list[FeedItem]:
    check_declarations(body)
    given = {name: headers[name] for name in _READ_HEADERS if headers.get(name)}
    try:
        # a stream: given bytes or text, feedparser opens files and addresses
        feed = feedparser.parse(
            io.BytesIO(body),
            response_headers=given | ({"content-location": url} if url else {}),
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except RecursionError:
        raise FetchFailed(FailureReason.TOO_COSTLY, "nested too deeply") from None
    entries = feed.entries
    if not feed.get("version") and not entries:
        raise FetchFailed(FailureReason.UNREADABLE, "neither RSS, Atom nor JSON Feed")
    if feed.bozo and not _END.search(_read_tail(body)):
        entries = entries[:-1]
    language = _text(feed.feed, "language")
    return [_build_item(entry, language) for entry in entries]


def _read_tail(body: bytes) -> str:
    tail = body[-_TAIL:].replace(b"\0", b"").decode("latin-1")
    # comments may follow the end
    return re.sub(r"<!--.*?-->", "", tail, flags=re.DOTALL)


def _build_item(entry: Any, language: str) -> FeedItem:
    content = entry.get("content") or [{}]
    lat, lon = _read_point(entry)
    return FeedItem(
        guid=_text(entry, "id"),
        link=_text(entry, "link"),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content="\n".join(filter(None, (_text(part, "value") for part in content))),
        is_html=_is_html(entry, content),
        published=_text(entry, "published") or _text(entry, "created"),
        updated=_text(entry, "updated") if "updated" in entry else "",
        language=_text(content[0], "language") or _text(entry, "language") or language,
        authors=_list_names(entry.get("authors"), "name", _text(entry, "author")),
        categories=_list_names(entry.get("tags"), "term"),
        lat=lat,
        lon=lon,
        fields=dict(_list_fields(entry)),
    )


def _is_html(entry: Any, content: Sequence[Any]) -> bool:
    details = [*content, entry.get("summary_detail") or {}]
    kinds = {kind for detail in details if (kind := _text(detail, "type"))}
    return kinds != {"text/plain"}


def _read_point(entry: Any) -> tuple[float | None, float | None]:
    with suppress(TypeError, ValueError, KeyError, AttributeError):
        where = entry.get("where") or {}
        if where.get("type") == "Point":
            lon, lat = where["coordinates"][:2]
            return float(lat), float(lon)
        return float(entry["geo_lat"]), float(entry["geo_long"])
    return None, None


def _list_names(values: Any, name: str, first: str = "") -> tuple[str, ...]:
    names = [first, *(_text(value, name) for value in values or ())]
    return tuple(filter(None, dict.fromkeys(names)))


def _list_fields(entry: Any) -> Iterator[tuple[str, str]]:
    names = sorted(name for name in entry.keys() - _OWN_FIELDS if not name.endswith("_detail"))
    for name in names[:MOST_FIELDS]:
        if value := _text(entry, name)[:LONGEST_FIELD]:
            yield name, value


def _text(values: Any, name: str) -> str:
    value = values.get(name) if hasattr(values, "get") else None
    return value.strip() if isinstance(value, str) else ""
