"""Compiles one value of a detection, as pySigma parsed it, to a test of its field."""

import operator
from collections.abc import Callable, Mapping
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

from services.document_faults import suggest_name
from services.matcher.domain.detection.compile_means import compile_means
from services.matcher.domain.detection.compile_says import compile_says
from services.matcher.domain.detection.field_reference import FieldReference, require_kind
from services.matcher.domain.detection.fields import NUMBER_BOUNDS, WEEKDAYS, FieldKind
from services.matcher.domain.detection.modifiers import (
    SigmaListName,
    SigmaMeans,
    SigmaNear,
    SigmaPhrase,
    SigmaSays,
    SigmaWithin,
)
from services.matcher.domain.detection.near_tests import NearTest
from services.matcher.domain.detection.number_faults import refuse_nothing, refuse_number
from services.matcher.domain.detection.pattern_tests import (
    PatternTest,
    UnknownList,
    is_pattern,
    make_pattern,
)
from services.matcher.domain.detection.predicates import FieldTest
from services.matcher.domain.detection.strings import (
    InvalidRegex,
    find_regex,
    find_string,
)
from services.matcher.domain.detection.text_tests import MemberTest, NameTest, PhraseTest, TextTest
from services.matcher.domain.detection.value_tests import (
    PART_BOUNDS,
    NamesTest,
    NetworkTest,
    NumberTest,
    PresenceTest,
    TruthTest,
)
from services.matcher.domain.detection.within import InvalidPlace, make_within_test
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.names import canonical_name
from services.matcher.domain.text.phrases import InvalidPhrase, describe_fault, parse_phrase

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


@singledispatch
def compile_field_test(value: SigmaType, reference: FieldReference) -> FieldTest:
    """The test of the field for `value`.

    Raises:
        InvalidField: no value of the field can pass, or the test is not supported.
    """
    raise reference.invalid(f"{type(value).__name__} is not supported yet")


@compile_field_test.register
def _phrase(value: SigmaPhrase, reference: FieldReference) -> PhraseTest | PatternTest:
    require_kind(reference, _WORDY, "a phrase")
    try:
        if is_pattern(value.text):
            return PatternTest(reference.field, make_pattern(value.text, reference.lists))
        return PhraseTest(reference.field, parse_phrase(value.text))
    except UnknownList as error:
        raise reference.invalid(f"{value.text!r}: {error}", error.hint, error.name) from None
    except InvalidPhrase as error:
        raise reference.invalid(describe_fault(value.text, error)) from None


@compile_field_test.register
def _near(value: SigmaNear, reference: FieldReference) -> FieldTest:
    if len(value.parts) < _FEWEST_NEAR:
        raise reference.invalid("near needs two phrases at least", "a single one is a phrase")
    require_kind(reference, _WORDY, "a sentence")
    parts = (
        _phrase(part, reference) if isinstance(part, SigmaPhrase) else _names(part, reference)
        for part in value.parts
    )
    return NearTest(reference.field, tuple(parts))


@compile_field_test.register
def _says(value: SigmaSays, reference: FieldReference) -> FieldTest:
    return compile_says(value, reference)


@compile_field_test.register
def _means(value: SigmaMeans, reference: FieldReference) -> FieldTest:
    return compile_means(value, reference)


@compile_field_test.register
def _list(value: SigmaListName, reference: FieldReference) -> FieldTest:
    if reference.kind is FieldKind.IDS:
        return MemberTest(reference.field, *_counted(value, reference))
    return _names(value, reference)


def _names(value: SigmaListName, reference: FieldReference) -> NameTest | PatternTest:
    require_kind(reference, _WORDY, "the names of a list")
    if value.name in reference.lists.words:
        return PatternTest(reference.field, make_pattern(f"%{value.name}%", reference.lists))
    return NameTest(reference.field, _counted(value, reference)[0])


def _counted(
    value: SigmaListName, reference: FieldReference
) -> tuple[frozenset[str], Mapping[str, str]]:
    """Who counts for the list, and as whom they who are no members."""
    known, others, what = reference.lists.members, reference.lists.places.lists, "sites"
    if reference.field == "sites":
        known, others, what = others, known, "names"
    if value.name in others and value.name not in known:
        raise reference.invalid(
            f"{value.name} is a list of {what}, which {reference.field} never holds"
        )
    if value.name in reference.lists.words:
        raise reference.invalid(
            f"{value.name} is a list of words, which no member of {reference.field} is",
            f"words|phrase: '%{value.name}%'",
        )
    if value.name not in known:
        hint = suggest_name(value.name, known)
        raise reference.invalid(f"this pack has no list {value.name!r}", hint, value.name)
    if reference.field == "sites":
        return known[value.name], {}
    lists = reference.lists
    return lists.counted(value.name), lists.rolled_up.get(value.name, {})


@compile_field_test.register
def _within(value: SigmaWithin, reference: FieldReference) -> FieldTest:
    try:
        return make_within_test(reference.field, value.text, reference.lists.places)
    except InvalidPlace as error:
        raise reference.invalid(str(error), error.hint, error.lacks) from None


@compile_field_test.register
def _exists(value: SigmaExists, reference: FieldReference) -> FieldTest:
    return _presence(reference, present=value.exists)


@compile_field_test.register
def _null(_: SigmaNull, reference: FieldReference) -> FieldTest:
    if reference.keyword:
        hint = "what a selection asks for stands below its name, further indented"
        raise reference.invalid("null needs a field", hint)
    return _presence(reference, present=False)


def _presence(reference: FieldReference, *, present: bool) -> FieldTest:
    test = NamesTest if reference.kind is FieldKind.NAMES else PresenceTest
    return test(reference.field, present=present)


@compile_field_test.register
def _comparison(value: SigmaCompareExpression, reference: FieldReference) -> FieldTest:
    part = _part(reference, value.number)
    limits = (reference.field, NUMBER_BOUNDS) if part is None else (part, PART_BOUNDS)
    refuse_nothing(reference, *limits, value.op, value.number.number)
    return NumberTest(reference.field, _COMPARISONS[value.op], value.number.number, part)


def _part(reference: FieldReference, value: SigmaNumber) -> str | None:
    """The part of a time that is compared, if it is one."""
    if not isinstance(value, SigmaTimestampPart):
        require_kind(reference, _NUMBERS, "a comparison")
        refuse_number(reference, reference.field, NUMBER_BOUNDS, value.number)
        return None
    part = value.timestamp_part.name.lower()
    require_kind(reference, frozenset({FieldKind.TIME}), part)
    refuse_number(reference, part, PART_BOUNDS, value.number)
    return part


@compile_field_test.register
def _number(value: SigmaNumber, reference: FieldReference) -> FieldTest:
    if isinstance(value, SigmaTimestampPart) or reference.kind in _NUMBERS:
        return NumberTest(reference.field, operator.eq, value.number, _part(reference, value))
    return _string(SigmaString(str(value)), reference)


@compile_field_test.register
def _truth(value: SigmaBool, reference: FieldReference) -> FieldTest:
    require_kind(reference, frozenset({FieldKind.BOOL, FieldKind.ATTRIBUTE}), str(value).lower())
    return TruthTest(reference.field, truth=value.boolean)


@compile_field_test.register
def _regex(value: SigmaRegularExpression, reference: FieldReference) -> FieldTest:
    try:
        return TextTest(reference.field, find_regex(value, reference.expressions), cased=True)
    except InvalidRegex as error:
        raise reference.invalid(f"RE2 does not take this expression: {error}") from None


@compile_field_test.register
def _network(value: SigmaCIDRExpression, reference: FieldReference) -> FieldTest:
    require_kind(reference, _WORDY, "a network")
    return NetworkTest(reference.field, value.network)


@compile_field_test.register
def _cased(value: SigmaCasedString, reference: FieldReference) -> FieldTest:
    return TextTest(
        reference.field,
        find_string(value, reference.expressions, cased=True, anywhere=reference.keyword),
        cased=True,
    )


@compile_field_test.register
def _string(value: SigmaString, reference: FieldReference) -> FieldTest:
    if reference.kind is FieldKind.NAMES:
        value = _as_name(value, reference)
    whole = None
    if not value.contains_special() and not reference.keyword:
        whole = "".join(map(str, value.s)).casefold()
        typed = _typed_test(reference, whole)
        if typed is not None:
            return typed
    return TextTest(
        reference.field,
        find_string(value, reference.expressions, cased=False, anywhere=reference.keyword),
        whole=whole,
    )


def _typed_test(reference: FieldReference, text: str) -> FieldTest | None:
    """The test of a plain text on a field that can hold certain texts alone."""
    if reference.field == "sites":
        _refuse_unknown(
            reference, text, sorted(reference.lists.places.sites), "this pack has no site"
        )
        return MemberTest(reference.field, frozenset({text}), {})
    if reference.kind is FieldKind.IDS:
        _refuse_unknown(
            reference, text, sorted(reference.lists.ids), "no list of this pack has a member"
        )
        return MemberTest(reference.field, frozenset({text}), {})
    if reference.field == "weekday":
        _refuse_unknown(reference, text, WEEKDAYS, "a weekday is a name, not")
    if reference.kind is FieldKind.BOOL:
        raise reference.invalid(f"{reference.field} is true or false, not {text!r}")
    if reference.kind is FieldKind.NUMBER:
        raise reference.invalid(
            f"{reference.field} is a number, not {text!r}", "write it without quotes"
        )
    return None


def _as_name(value: SigmaString, reference: FieldReference) -> SigmaString:
    """The value in the spelling of names; refuses a part that no name can hold."""
    if not value.contains_special():
        return SigmaString(canonical_name("".join(map(str, value.s))))
    for part in value.s:
        folded = fold(part).strip() if isinstance(part, str) else ""
        if isinstance(part, str) and folded != part.casefold().strip():
            raise reference.invalid(f"names are folded: {part!r} is in none", f"write {folded}")
    return value


def _refuse_unknown(
    reference: FieldReference, text: str, known: tuple[str, ...] | list[str], message: str
) -> None:
    if text not in known:
        raise reference.invalid(f"{message} {text!r}", suggest_name(text, known), text)
