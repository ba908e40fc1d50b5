"""What a rule is made from: the rules below it, and the lists of words that they name."""

import re
from collections.abc import Iterator, Mapping

from schemas.rule import CorrelationRule, DetectionRule, RuleDocument
from schemas.word_list import WordList
from services.matcher.domain.detection.report_sentences import GRAMMAR_LISTS
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments

_LIST = re.compile(r"%([^%\s]+)%")


def name_with_bases(name: str, rules: Mapping[str, RuleDocument]) -> set[str]:
    """The rule, its base rules, and theirs."""
    names, added = set[str](), {name}
    while added:
        names |= added
        bases = (_bases(rules[name]) for name in added)
        added = set[str]().union(*bases) & rules.keys() - names
    return names


def _bases(document: RuleDocument) -> tuple[str, ...]:
    return document.correlation.rules if isinstance(document, CorrelationRule) else ()


def find_word_lists(
    pack: PackDocuments, packs: Mapping[str, PackDocuments], names: set[str]
) -> list[LocatedDocument[WordList]]:
    """The word lists with these names, and those that they name, of the pack and those it uses."""
    visible = [each for part in list_with_used(pack, packs) for each in part.word_lists]
    added = names
    while added:
        texts = (str(each.document.words) for each in visible if each.document.name in added)
        added = {name for text in texts for name in _find_list_names(text)} - names
        names = names | added
    return [each for each in visible if each.document.name in names]


def list_with_used(pack: PackDocuments, packs: Mapping[str, PackDocuments]) -> list[PackDocuments]:
    """The pack, the packs that it uses, and theirs."""
    by_name, pending = {pack.name: pack}, [pack]
    while pending:
        for name in pending.pop().pack.uses:
            if name in packs and name not in by_name:
                by_name[name] = packs[name]
                pending.append(packs[name])
    return list(by_name.values())


def list_names(document: RuleDocument) -> Iterator[str]:
    """The lists that a detection rule names, and those by which its sentences are read."""
    if isinstance(document, DetectionRule):
        for key, value in list_entries(document.detection):
            yield from GRAMMAR_LISTS if is_said(key) else ()
            yield from _find_list_names(value)


def is_said(key: str) -> bool:
    """Whether sentences are read: others who are named there block, and cues veto."""
    return "says" in key.split("|")


def _find_list_names(text: str) -> Iterator[str]:
    """The names in `%one%` and `%one|other%`."""
    for names in _LIST.findall(text):
        yield from names.split("|")


def list_entries(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every value of a detection as text, with its innermost key."""
    if isinstance(value, Mapping):
        for inner, below in value.items():
            yield from list_entries(below, inner)
    elif isinstance(value, list):
        for below in value:
            yield from list_entries(below, key)
    else:
        yield key, str(value)
