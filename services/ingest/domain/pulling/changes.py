"""Which items of a document are new or edited since it was read last."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from services.ingest.domain.sources.items import ReportDraft, SourceItem

MOST_SEEN = 4096
"""Items remembered beyond those of the last document: some come back after they were gone."""
_LENGTH = 16


@dataclass(frozen=True, slots=True)
class SeenItem:
    """An item of a document: its id, and a digest of what an editor changes in it."""

    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A new item, or with `supersedes` the edited version of the item of that id."""

    id: str
    supersedes: str | None = None


def find_change(item: SeenItem, seen: Mapping[str, str]) -> ItemChange | None:
    """What happened to an item; None where nothing did.

    The id of a version is made from its content, so that a repeat has the same one. Items that are
    gone from a document are no change: feeds drop what is old.
    """
    known = seen.get(hash_id(item.id))
    if known is None:
        return ItemChange(item.id)
    if known == item.digest:
        return None
    return ItemChange(f"{item.id}#{item.digest}", supersedes=item.id)


def name_version(item: SourceItem, change: ItemChange) -> SourceItem:
    """The report with the id of its version, and of what that supersedes; other items as is."""
    if not isinstance(item, ReportDraft):
        return item
    ids = {"id": change.id, "supersedes": change.supersedes}
    return replace(item, body={**item.body, **{name: id_ for name, id_ in ids.items() if id_}})


def remember(items: Iterable[SeenItem], seen: Mapping[str, str]) -> dict[str, str]:
    """What is seen after a document with `items`: these, and the newest of those before."""
    current = {hash_id(item.id): item.digest for item in items}
    earlier = [(key, digest) for key, digest in seen.items() if key not in current]
    return dict(earlier[-MOST_SEEN:]) | current


def hash_id(id_: str) -> str:
    """A short name of an id."""
    return hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]
