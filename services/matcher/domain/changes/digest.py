"""Digest: all that decides on the hits of a rule and on when it fires, as one short text.

While it stays the same, the windows of the rule are as good as ever. Too much in it costs time,
too little leaves hits that the rule would not make.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from schemas.rule import CorrelationRule, DetectionRule, NamedList, RuleDocument, SiteList
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.window_rule import WindowRule

WORDING = frozenset(
    {
        *("title", "id", "status", "description", "references", "author", "date", "modified"),
        *("license", "related", "tags", "fields", "falsepositives", "level", "alert", "tests"),
        # asked of the hits that are kept
        *("corroboration", "cooldown", "resolve_after"),
    }
)
"""The keys of a rule that change none of its hits and none of its firing times."""
OF_LISTS = frozenset({"entities", "actor_ids", "target_ids", "names", "sites", "geo"})
"""The fields that any list or place of the pack may change."""
DIGITS = 16
_LIST = re.compile(r"%([^%\s]+)%")


def compute_digest(said: object) -> str:
    """A short text that differs when `said`, plain values for JSON, differs."""
    raw = json.dumps(said, sort_keys=True, default=str).encode()
    return hashlib.sha256(raw).hexdigest()[:DIGITS]


def digest_rules(
    packs: Iterable[PackDocuments], windows: Mapping[RuleKey, WindowRule]
) -> dict[RuleKey, str]:
    """The digest of every rule that has windows."""
    known = {pack.name: pack for pack in packs}
    return {
        key: compute_digest(_decisive(known[key[0]], window)) for key, window in windows.items()
    }


def _decisive(pack: PackDocuments, window: WindowRule) -> dict[str, object]:
    rules = {one.document.name: one.document for one in pack.rules}
    documents = [rules[name] for name in sorted(_below(window.name, rules))]
    return {
        "rules": [one.model_dump(mode="json", exclude=set(WORDING)) for one in documents],
        "mentions": sorted(window.template_fields),
        "announces": window.announces,
        "reads": list(_reads(pack, documents)),
    }


def _below(name: str, rules: Mapping[str, RuleDocument]) -> set[str]:
    """The rule and all that it counts, and what they count."""
    found, open_names = set[str](), {name}
    while open_names:
        found |= open_names
        counted = (_counted(rules[one]) for one in open_names)
        open_names = set[str]().union(*counted) & rules.keys() - found
    return found


def _counted(document: RuleDocument) -> tuple[str, ...]:
    return document.correlation.rules if isinstance(document, CorrelationRule) else ()


def _reads(pack: PackDocuments, rules: Iterable[RuleDocument]) -> Iterator[object]:
    """What the rules can read of the pack's lists and places, and its head nouns."""
    fields, named = set[str](), set[str]()
    for rule in rules:
        fields |= set(_fields(rule))
        named |= set(_named(rule))
    if "names" in fields:
        yield pack.pack.organisation_heads
    held: list[NamedList | SiteList] = [one.document for one in pack.lists]
    held += [one.document for one in pack.places]
    for document in held:
        if fields & OF_LISTS or document.name in named:
            yield document.model_dump(mode="json")


def _fields(document: RuleDocument) -> Iterator[str]:
    if isinstance(document, DetectionRule):
        yield from document.group_by or ()
        yield from (key.partition("|")[0] for key, _ in _entries(document.detection))
        return
    section = document.correlation
    counted = None if isinstance(section.condition, str) else section.condition
    yield from section.group_by
    yield from (field for alias in section.aliases.values() for field in alias.values())
    yield from filter(None, (section.field, section.by, counted and counted.field))
    if section.between is not None:
        yield "actor_ids"


def _named(document: RuleDocument) -> Iterator[str]:
    if isinstance(document, DetectionRule):
        for _, value in _entries(document.detection):
            yield from _LIST.findall(value)


def _entries(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every value in a detection as text, with the key that it stands under."""
    if isinstance(value, Mapping):
        for inner, below in value.items():
            yield from _entries(below, inner)
    elif isinstance(value, list):
        for below in value:
            yield from _entries(below, key)
    else:
        yield key, str(value)
