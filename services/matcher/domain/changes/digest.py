"""The digest of a rule: a hash of everything that its hits and its firing times depend on.

While it is the same, the windows of the rule stay valid. An input too many costs a needless
rebuild; an input too few leaves hits in the windows that the rule would no longer make.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from schemas.rule import CorrelationRule, DetectionRule, NamedList, RuleDocument, SiteList
from schemas.word_list import WordList
from services.matcher.domain.detection.report_sentences import GRAMMAR_LISTS
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
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
_LIST = re.compile(r"%([^%\s]+)%")


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


def _inputs(
    pack: PackDocuments, packs: Mapping[str, PackDocuments], window: WindowRule
) -> dict[str, object]:
    rules = {rule.document.name: rule.document for rule in pack.rules}
    documents = [rules[name] for name in sorted(_with_bases(window.name, rules))]
    names = {name for rule in documents for name in _list_names(rule)}
    return {
        "rules": [rule.model_dump(mode="json", exclude=set(WORDING)) for rule in documents],
        "template_fields": sorted(window.template_fields),
        "announces": window.announces,
        "reads": list(_pack_inputs(pack, documents)),
        "words": [
            located.document.model_dump(mode="json", include={"name", "words"})
            for located in _word_lists(pack, packs, names)
        ],
    }


def _with_bases(name: str, rules: Mapping[str, RuleDocument]) -> set[str]:
    """The rule, its base rules, and theirs."""
    names, added = set[str](), {name}
    while added:
        names |= added
        bases = (_bases(rules[name]) for name in added)
        added = set[str]().union(*bases) & rules.keys() - names
    return names


def _bases(document: RuleDocument) -> tuple[str, ...]:
    return document.correlation.rules if isinstance(document, CorrelationRule) else ()


def _pack_inputs(pack: PackDocuments, rules: Iterable[RuleDocument]) -> Iterator[object]:
    """The lists and places of the pack that the rules can read, and its head nouns."""
    fields, lists = set[str](), set[str]()
    for rule in rules:
        fields |= set(_fields(rule))
        lists |= set(_list_names(rule))
    if "names" in fields:
        yield pack.pack.organisation_heads
    documents: list[NamedList | SiteList] = [located.document for located in pack.lists]
    documents += [located.document for located in pack.places]
    for document in documents:
        if fields & OF_LISTS or document.name in lists:
            yield document.model_dump(mode="json")


def _word_lists(
    pack: PackDocuments, packs: Mapping[str, PackDocuments], names: set[str]
) -> list[LocatedDocument[WordList]]:
    """The word lists with these names, and those that they name, of the pack and those it uses."""
    visible = [each for part in _with_used(pack, packs) for each in part.word_lists]
    added = names
    while added:
        texts = (str(each.document.words) for each in visible if each.document.name in added)
        added = {name for text in texts for name in _find_list_names(text)} - names
        names = names | added
    return [each for each in visible if each.document.name in names]


def _with_used(pack: PackDocuments, packs: Mapping[str, PackDocuments]) -> list[PackDocuments]:
    """The pack, the packs that it uses, and theirs."""
    by_name, pending = {pack.name: pack}, [pack]
    while pending:
        for name in pending.pop().pack.uses:
            if name in packs and name not in by_name:
                by_name[name] = packs[name]
                pending.append(packs[name])
    return list(by_name.values())


def _fields(document: RuleDocument) -> Iterator[str]:
    if isinstance(document, DetectionRule):
        yield from document.group_by or ()
        for key, _ in _entries(document.detection):
            yield ANY_MEMBER if _is_said(key) else key.partition("|")[0]
        return
    section = document.correlation
    counted = None if isinstance(section.condition, str) else section.condition
    yield from section.group_by
    yield from (field for alias in section.aliases.values() for field in alias.values())
    yield from filter(None, (section.field, section.by, counted and counted.field))
    if section.between is not None:
        yield "actor_ids"


def _list_names(document: RuleDocument) -> Iterator[str]:
    if isinstance(document, DetectionRule):
        for key, value in _entries(document.detection):
            yield from GRAMMAR_LISTS if _is_said(key) else ()
            yield from _find_list_names(value)


def _is_said(key: str) -> bool:
    """Whether sentences are read: others who are named there block, and cues veto."""
    return "says" in key.split("|")


def _find_list_names(text: str) -> Iterator[str]:
    """The names in `%one%` and `%one|other%`."""
    for names in _LIST.findall(text):
        yield from names.split("|")


def _entries(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every value of a detection as text, with its innermost key."""
    if isinstance(value, Mapping):
        for inner, below in value.items():
            yield from _entries(below, inner)
    elif isinstance(value, list):
        for below in value:
            yield from _entries(below, key)
    else:
        yield key, str(value)
