"""Builders of rule documents, rulebooks and reports for the tests of matching."""

from datetime import UTC, datetime
from typing import Any

from schemas.event import Event
from schemas.pack import Pack
from schemas.rule import CorrelationRule, DetectionRule, NamedList, RuleDocument, SiteList
from schemas.word_list import WordList
from services.document_faults import DocumentFault, DocumentLocation
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.rulebook import Rulebook

FRIDAY_NOON = datetime(2020, 1, 24, 12, 30, tzinfo=UTC)

PROXIES = NamedList.model_validate(
    {
        "name": "proxies",
        "members": [
            {"id": "kh", "name": "Kata'ib Hezbollah", "aliases": ["كتائب حزب الله"]},
            {"id": "badr", "name": "Badr", "aliases": [{"alias": "Badr", "unless": ["Badr City"]}]},
            {"id": "aah", "name": "Asa'ib Ahl al-Haq", "aliases": ["AAH"]},
        ],
    }
)
LEBANESE = NamedList.model_validate(
    {
        "name": "lebanese",
        "members": [{"id": "hezbollah", "name": "Hezbollah", "aliases": ["حزب الله"]}],
    }
)


def report(text: str | None = "Nothing happened.", **fields: Any) -> Event:
    """A report of that Friday, from `reuters`."""
    given = {"id": "1", "source": "reuters", "occurred_at": FRIDAY_NOON, "text": text}
    return Event.model_validate(given | fields)


def word_list(name: str, **document: Any) -> WordList:
    """A list of words: entries by language, and `cases`, `extends`."""
    given: dict[str, Any] = {
        key: document.pop(key) for key in ("cases", "extends") if key in document
    }
    given |= {"name": name, "kind": "words"}
    words = {code.rstrip("_"): entries for code, entries in document.items()}
    return WordList.model_validate(given | {"words": words})


def detecting(
    name: str = "rule", /, condition: str = "selection", **document: Any
) -> DetectionRule:
    """A detection rule; every selection is an argument, and so is `group_by`."""
    given: dict[str, Any] = {"title": name, "name": name, "logsource": {"category": "report"}}
    if "group_by" in document:
        given["group-by"] = document.pop("group_by")
    given["detection"] = {**document, "condition": condition}
    return DetectionRule.model_validate(given)


BOUNDLESS = ("absence", "new_value", "reversal")
"""The types that read no condition."""


def correlating(name: str, rules: list[str], **section: Any) -> CorrelationRule:
    """A correlation rule: three in a week unless the section says otherwise."""
    bounds = {} if section.get("type") in BOUNDLESS else {"condition": {"gte": 3}}
    given = {"type": "event_count", "timespan": "7d"} | bounds | section
    given |= {"rules": rules}
    if "group_by" in given:
        given["group-by"] = given.pop("group_by")
    return CorrelationRule.model_validate({"title": name, "name": name, "correlation": given})


def pack_of(
    *documents: RuleDocument,
    lists: tuple[NamedList, ...] = (PROXIES, LEBANESE),
    places: tuple[SiteList, ...] = (),
    words: tuple[WordList, ...] = (),
    name: str = "pack",
    **head: Any,
) -> PackDocuments:
    """A pack of these, as if each had been read from a file of its own name."""
    return PackDocuments(
        name=name,
        pack=Pack.model_validate({"title": "Pack", "owner": "desk"} | head),
        lists=tuple(
            LocatedDocument(document, DocumentLocation(f"{document.name}.yaml"))
            for document in lists
        ),
        word_lists=tuple(
            LocatedDocument(document, DocumentLocation(f"{document.name}.yaml"))
            for document in words
        ),
        places=tuple(
            LocatedDocument(document, DocumentLocation(f"{document.name}.yaml"))
            for document in places
        ),
        rules=tuple(
            LocatedDocument(document, DocumentLocation(f"{document.name}.yaml"))
            for document in documents
        ),
    )


def compiled(*documents: RuleDocument, **pack: Any) -> tuple[Rulebook, tuple[DocumentFault, ...]]:
    """The rulebook of these rules, and what is wrong with them."""
    return compile_packs([pack_of(*documents, **pack)])


def rulebook(*documents: RuleDocument, **pack: Any) -> Rulebook:
    """The rulebook of these rules, none of which is at fault."""
    book, faults = compiled(*documents, **pack)
    assert not faults, [str(fault) for fault in faults]
    return book
