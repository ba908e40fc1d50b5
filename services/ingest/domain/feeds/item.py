"""One item of a feed, in one shape for RSS, Atom and JSON Feed."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from pydantic import Field

from schemas.model import Model

LONGEST_ID = 512


class FeedItem(Model):
    """An item as the feed has it: times are not read yet, and texts may be HTML.

    `content` is the whole text where the feed has one beside a `summary`. `fields` are those of
    other name spaces, as `prefix_name`.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    is_html: bool = True
    published: str = ""
    updated: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    fields: dict[str, str] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A hash of what an editor changes; the time of the change is none of it."""
        return _hash(self.model_dump_json(exclude={"updated"}, exclude_defaults=True))[:16]


def identify_items(items: Sequence[FeedItem]) -> list[tuple[str, FeedItem]]:
    """Each item with its id: the guid, else the link, else a hash of it.

    Feeds exist that give one guid to all items: there the id is a hash of guid, link and title.
    What is repeated as it is counts once.
    """
    distinct = list({(item.guid, item.digest): item for item in items}.values())
    shared = Counter(item.guid or item.link for item in distinct)
    return [(_identify(item, shared), item) for item in distinct]


def _identify(item: FeedItem, shared: Counter[str]) -> str:
    name = item.guid or item.link
    if name and shared[name] == 1:
        clean = " ".join(name.split())
        return clean if clean and len(clean) <= LONGEST_ID else _hash(name)[:32]
    if name:
        return _hash(f"{name}\n{item.link}\n{item.title}")[:32]
    return _hash(item.model_dump_json(exclude_defaults=True))[:32]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
