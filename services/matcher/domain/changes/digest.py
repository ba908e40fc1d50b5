"""The digest of a rule: a hash of everything that its hits and its firing times depend on.

While it is the same, the windows of the rule stay valid. An input too many costs a needless
rebuild; an input too few leaves hits in the windows that the rule would no longer make.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping

from schemas.rule import DetectionRule, NamedList, RuleDocument, SiteList
from services.matcher.domain.changes.rule_inputs import (
    find_word_lists,
    is_said,
    list_entries,
    list_names,
    name_with_bases,
)
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.window_rule import WindowRule

WORDING = frozenset(
    {
        *("title", "id", "status", "description", "references", "author", "date", "modified"),
        *("license", "related", "tags", "fields", "falsepositives", "level", "alert", "tests"),
        "over_budget",
        # heads are trained on them, outside of the digest
        "examples",
        # applied to the hits in the window
        *("corroboration", "cooldown", "resolve_after"),
    }
)
"""The keys of a rule that neither its hits nor its firing times depend on."""
OF_LISTS = frozenset({"entities", "actor_ids", "target_ids", "names", "sites", "geo"})
"""The fields whose values depend on the lists and places of the pack."""
ANY_MEMBER = "entities"
DIGITS = 16


def compute_digest(value: object) -> str:
    """A short hash of a value that JSON can hold."""
    raw = json.dumps(value, sort_keys=True, default=str).encode()
    return hashlib.sha256(raw).hexdigest()[:DIGITS]


def digest_rules(
    packs: Iterable[PackDocuments], windows: Mapping[RuleKey, WindowRule]
) -> dict[RuleKey, str]:
    """The digest of every rule that has windows."""
    known = {pack.name: pack for pack in packs}
    return {
        key: compute_digest(_inputs(known[key[0]], known, window))
        for key, window in windows.items()
    }


def digest_alerting(window: WindowRule) -> str:
    """The digest of what grades and ends a rule's alerts, besides what its firing depends on."""
    fields = (window.level, window.corroboration, window.cooldown, window.resolve_after)
    return compute_digest([str(each) for each in fields])


def _inputs(
    pack: PackDocuments, packs: Mapping[str, PackDocuments], window: WindowRule
) -> dict[str, object]:
    rules = {rule.document.name: rule.document for rule in pack.rules}
    documents = [rules[name] for name in sorted(name_with_bases(window.name, rules))]
    names = {name for rule in documents for name in list_names(rule)}
    return {
        "rules": [rule.model_dump(mode="json", exclude=set(WORDING)) for rule in documents],
        "template_fields": sorted(window.template_fields),
        "announces": window.announces,
        "reads": list(_pack_inputs(pack, documents)),
        "words": [
            located.document.model_dump(mode="json", include={"name", "words"})
            for located in find_word_lists(pack, packs, names)
        ],
    }


def _pack_inputs(pack: PackDocuments, rules: Iterable[RuleDocument]) -> Iterator[object]:
    """The lists and places of the pack that the rules can read, and its head nouns."""
    fields, lists = set[str](), set[str]()
    for rule in rules:
        fields |= set(_fields(rule))
        lists |= set(list_names(rule))
    if "names" in fields:
        yield pack.pack.organisation_heads
    documents: list[NamedList | SiteList] = [located.document for located in pack.lists]
    documents += [located.document for located in pack.places]
    for document in documents:
        if fields & OF_LISTS or document.name in lists:
            yield document.model_dump(mode="json")


def _fields(document: RuleDocument) -> Iterator[str]:
    if isinstance(document, DetectionRule):
        yield from document.group_by or ()
        for key, _ in list_entries(document.detection):
            yield ANY_MEMBER if is_said(key) else key.partition("|")[0]
        return
    section = document.correlation
    counted = None if isinstance(section.condition, str) else section.condition
    yield from section.group_by
    yield from (field for alias in section.aliases.values() for field in alias.values())
    yield from filter(None, (section.field, section.by, counted and counted.field))
    if section.between is not None:
        yield "actor_ids"
