"""JSON Feed 1.0 and 1.1 → items."""

from collections.abc import Mapping
from typing import Any

from services.ingest.domain.feeds.item import FeedItem
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.strict_json import InvalidJson, parse


def parse_json_feed(body: bytes) -> list[FeedItem]:
    """The items of a JSON Feed, in its order; a member of the wrong type is as if absent.

    Raises:
        FetchFailed: it is not one.
    """
    try:
        document = parse(body)
    except InvalidJson as error:
        raise FetchFailed(FailureReason.UNREADABLE, f"no JSON Feed: {error}") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise FetchFailed(FailureReason.UNREADABLE, "no JSON Feed: it has no list of items")
    language = _text(document, "language")
    return [_build_item(item, language) for item in items if isinstance(item, dict)]


def _build_item(item: Mapping[str, Any], language: str) -> FeedItem:
    html, plain = _text(item, "content_html"), _text(item, "content_text")
    return FeedItem(
        guid=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=html or plain,
        is_html=bool(html),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        language=_text(item, "language") or language,
        authors=_list_authors(item),
        categories=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
    )


def _list_authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    authors = [*_list(item, "authors"), item.get("author")]
    names = (_text(author, "name") for author in authors if isinstance(author, dict))
    return tuple(filter(None, dict.fromkeys(names)))


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    # version 1.0 says that a number for an id is to be read as a string
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def _list(item: Mapping[str, Any], name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []
