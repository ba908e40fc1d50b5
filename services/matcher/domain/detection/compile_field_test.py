"""From one value of a detection, as pySigma parsed it, to a condition on one field."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch

from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SigmaType,
)

from services.matcher.domain.detection.fields import WEEKDAYS, FieldKind
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.modifiers import (
    SigmaListName,
    SigmaNear,
    SigmaPhrase,
    SigmaWithin,
)
from services.matcher.domain.detection.near_tests import NearTest
from services.matcher.domain.detection.predicates import FieldTest
from services.matcher.domain.detection.strings import InvalidRegex, find_regex, find_string
from services.matcher.domain.detection.text_tests import MemberTest, NameTest, PhraseTest, TextTest
from services.matcher.domain.detection.value_tests import (
    PART_BOUNDS,
    NamesTest,
    NetworkTest,
    NumberTest,
    PresenceTest,
    TruthTest,
)
from services.matcher.domain.detection.within import InvalidPlace, within
from services.matcher.domain.packs.faults import FieldPath, InvalidField, suggest_name
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.names import canonical
from services.matcher.domain.text.phrases import InvalidPhrase, parse_phrase

_COMPARISONS: dict[CompareOperators, Callable[[float, float], bool]] = {
    CompareOperators.LT: operator.lt,
    CompareOperators.LTE: operator.le,
    CompareOperators.GT: operator.gt,
    CompareOperators.GTE: operator.ge,
    CompareOperators.NEQ: operator.ne,
}
_NUMBERS = frozenset({FieldKind.NUMBER, FieldKind.ATTRIBUTE})
_WORDY = frozenset({FieldKind.STRING, FieldKind.LIST, FieldKind.ATTRIBUTE})
_FEWEST_NEAR = 2


@dataclass(frozen=True, slots=True)
class FieldReference:
    """A field that is asked about, what it holds, and where the rule says so.

    A keyword is asked of the words and may stand anywhere in them.
    """

    field: str
    kind: FieldKind
    lists: Lists
    path: FieldPath
    keyword: bool = False

    def refused(self, message: str, hint: str = "") -> InvalidField:
        """A refusal at this place."""
        return InvalidField(self.path, message, hint)


@singledispatch
def compile_field_test(value: SigmaType, asked: FieldReference) -> FieldTest:
    """The condition that `value` puts on the field.

    Raises:
        InvalidField: it can never hold there, or is not supported.
    """
    raise asked.refused(f"{type(value).__name__} is not supported yet")


@compile_field_test.register
def _phrase(value: SigmaPhrase, asked: FieldReference) -> PhraseTest:
    _needs(asked, _WORDY, "a phrase")
    try:
        return PhraseTest(asked.field, parse_phrase(value.text))
    except InvalidPhrase as error:
        raise asked.refused(f"{value.text!r} is no phrase: {error}") from None


@compile_field_test.register
def _near(value: SigmaNear, asked: FieldReference) -> FieldTest:
    if len(value.parts) < _FEWEST_NEAR:
        raise asked.refused("near needs two phrases at least", "a single one is a phrase")
    _needs(asked, _WORDY, "a sentence")
    parts = (
        _phrase(part, asked) if isinstance(part, SigmaPhrase) else _names(part, asked)
        for part in value.parts
    )
    return NearTest(asked.field, tuple(parts))


@compile_field_test.register
def _list(value: SigmaListName, asked: FieldReference) -> FieldTest:
    if asked.kind is FieldKind.IDS:
        return MemberTest(asked.field, _members(value, asked))
    return _names(value, asked)


def _names(value: SigmaListName, asked: FieldReference) -> NameTest:
    _needs(asked, _WORDY, "the names of a list")
    return NameTest(asked.field, _members(value, asked))


def _members(value: SigmaListName, asked: FieldReference) -> frozenset[str]:
    known, others, what = asked.lists.members, asked.lists.places.lists, "sites"
    if asked.field == "sites":
        known, others, what = others, known, "names"
    if value.name in others and value.name not in known:
        raise asked.refused(f"{value.name} is a list of {what}, which {asked.field} never holds")
    if value.name not in known:
        hint = suggest_name(value.name, known)
        raise asked.refused(f"this pack has no list {value.name!r}", hint)
    return known[value.name]


@compile_field_test.register
def _within(value: SigmaWithin, asked: FieldReference) -> FieldTest:
    try:
        return within(asked.field, value.text, asked.lists.places)
    except InvalidPlace as error:
        raise asked.refused(str(error), error.hint) from None


@compile_field_test.register
def _exists(value: SigmaExists, asked: FieldReference) -> FieldTest:
    return _presence(asked, present=value.exists)


@compile_field_test.register
def _null(_: SigmaNull, asked: FieldReference) -> FieldTest:
    if asked.keyword:
        raise asked.refused("null needs a field")
    return _presence(asked, present=False)


def _presence(asked: FieldReference, *, present: bool) -> FieldTest:
    test = NamesTest if asked.kind is FieldKind.NAMES else PresenceTest
    return test(asked.field, present=present)


@compile_field_test.register
def _comparison(value: SigmaCompareExpression, asked: FieldReference) -> FieldTest:
    part = _part(asked, value.number)
    return NumberTest(asked.field, _COMPARISONS[value.op], value.number.number, part)


def _part(asked: FieldReference, value: SigmaNumber) -> str | None:
    """The part of a time that is compared, if it is one."""
    if not isinstance(value, SigmaTimestampPart):
        _needs(asked, _NUMBERS, "a comparison")
        return None
    part = value.timestamp_part.name.lower()
    _needs(asked, frozenset({FieldKind.TIME}), part)
    low, high = PART_BOUNDS[part]
    if not low <= value.number <= high:
        raise asked.refused(f"{part} {value.number} is outside {low} to {high}")
    return part


@compile_field_test.register
def _number(value: SigmaNumber, asked: FieldReference) -> FieldTest:
    if isinstance(value, SigmaTimestampPart) or asked.kind in _NUMBERS:
        return NumberTest(asked.field, operator.eq, value.number, _part(asked, value))
    return _string(SigmaString(str(value)), asked)


@compile_field_test.register
def _truth(value: SigmaBool, asked: FieldReference) -> FieldTest:
    _needs(asked, frozenset({FieldKind.BOOL, FieldKind.ATTRIBUTE}), str(value).lower())
    return TruthTest(asked.field, truth=value.boolean)


@compile_field_test.register
def _regex(value: SigmaRegularExpression, asked: FieldReference) -> FieldTest:
    try:
        return TextTest(asked.field, find_regex(value), cased=True)
    except InvalidRegex as error:
        raise asked.refused(f"RE2 does not take this expression: {error}") from None


@compile_field_test.register
def _network(value: SigmaCIDRExpression, asked: FieldReference) -> FieldTest:
    _needs(asked, _WORDY, "a network")
    return NetworkTest(asked.field, value.network)


@compile_field_test.register
def _cased(value: SigmaCasedString, asked: FieldReference) -> FieldTest:
    return TextTest(asked.field, find_string(value, cased=True, anywhere=asked.keyword), cased=True)


@compile_field_test.register
def _string(value: SigmaString, asked: FieldReference) -> FieldTest:
    if asked.kind is FieldKind.NAMES:
        value = _named_so(value, asked)
    whole = None
    if not value.contains_special() and not asked.keyword:
        whole = "".join(map(str, value.s)).casefold()
        typed = _typed(asked, whole)
        if typed is not None:
            return typed
    return TextTest(
        asked.field, find_string(value, cased=False, anywhere=asked.keyword), whole=whole
    )


def _typed(asked: FieldReference, text: str) -> FieldTest | None:
    """The condition of a plain text on a field that only holds certain ones."""
    if asked.field == "sites":
        _one_of(asked, text, sorted(asked.lists.places.sites), "this pack has no site")
        return MemberTest(asked.field, frozenset({text}))
    if asked.kind is FieldKind.IDS:
        _one_of(asked, text, sorted(asked.lists.ids), "no list of this pack has a member")
        return MemberTest(asked.field, frozenset({text}))
    if asked.field == "weekday":
        _one_of(asked, text, WEEKDAYS, "a weekday is a name, not")
    if asked.kind is FieldKind.BOOL:
        raise asked.refused(f"{asked.field} is true or false, not {text!r}")
    if asked.kind is FieldKind.NUMBER:
        raise asked.refused(f"{asked.field} is a number, not {text!r}", "write it without quotes")
    return None


def _named_so(value: SigmaString, asked: FieldReference) -> SigmaString:
    """The value as names are spelt; a part of one that no name can hold is refused."""
    if not value.contains_special():
        return SigmaString(canonical("".join(map(str, value.s))))
    for part in value.s:
        folded = fold(part).strip() if isinstance(part, str) else ""
        if isinstance(part, str) and folded != part.casefold().strip():
            raise asked.refused(f"names are folded: {part!r} is in none", f"write {folded}")
    return value


def _one_of(
    asked: FieldReference, text: str, known: tuple[str, ...] | list[str], said: str
) -> None:
    if text not in known:
        raise asked.refused(f"{said} {text!r}", suggest_name(text, known))


def _needs(asked: FieldReference, kinds: frozenset[FieldKind], what: str) -> None:
    if asked.kind not in kinds:
        raise asked.refused(f"{asked.field} is a {asked.kind.value}: {what} never holds there")
