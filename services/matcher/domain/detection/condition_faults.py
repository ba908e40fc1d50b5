"""What is wrong with a condition that pySigma refuses, in the words of those who write rules."""

import re
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase

from services.document_faults import InvalidField, suggest_name

CONDITION_PATH = ("detection", "condition")

_OPERATORS = frozenset({"and", "or", "not"})
_QUANTIFIERS = frozenset({"1", "any", "all"})
_WORD = re.compile(r"[^\s()]+")
_PLACE = re.compile(r"\(at char (\d+)\)")
_SYNTAX = "selections are joined by and, or, not and brackets; 1 of x*, all of them"


def explain_refusal(
    condition: str, selections: Collection[str], pysigma_message: str
) -> InvalidField:
    """The fault of a refused condition; pySigma's message gives nothing but the place."""
    of_words = filter(None, _explain_words(_WORD.findall(condition), selections))
    fault = _explain_signs(condition) or next(of_words, None)
    return fault or _explain_place(condition, pysigma_message)


def _explain_signs(condition: str) -> InvalidField | None:
    if "|" in condition:
        return _fault("counts stand in a correlation rule, not behind |", "see event_count")
    if condition.count("(") != condition.count(")"):
        return _fault("as many brackets must be closed as are opened")
    return None


def _explain_words(words: list[str], selections: Collection[str]) -> Iterator[InvalidField | None]:
    before = ""
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        if before == "of":
            yield _explain_pattern(word, selections)
        elif following == "of":
            yield _explain_quantifier(word)
        elif word not in _OPERATORS and word != "of":
            yield _explain_selection(word, selections)
        before = word


def _explain_quantifier(word: str) -> InvalidField | None:
    if word in _QUANTIFIERS:
        return None
    return _fault(f"there is no '{word} of'", "write 1 of, any of or all of")


def _explain_pattern(pattern: str, selections: Collection[str]) -> InvalidField | None:
    if pattern == "them" or any(fnmatchcase(name, pattern) for name in selections):
        return None
    return _fault(f"no selection is called {pattern!r}", suggest_name(pattern, selections))


def _explain_selection(word: str, selections: Collection[str]) -> InvalidField | None:
    if word in selections:
        return None
    if word.lower() in _OPERATORS:
        return _fault(f"{word!r} must be in small letters", f"write {word.lower()}")
    return _fault(f"there is no selection {word!r}", suggest_name(word, selections))


def _explain_place(condition: str, pysigma_message: str) -> InvalidField:
    place = _PLACE.search(pysigma_message)
    rest = condition[int(place[1]) :].strip() if place else ""
    if not rest:
        return _fault("a selection is missing at its end", _SYNTAX)
    return _fault(f"cannot be read from {rest!r} on", _SYNTAX)


def _fault(message: str, hint: str = "") -> InvalidField:
    return InvalidField(CONDITION_PATH, message, hint)
