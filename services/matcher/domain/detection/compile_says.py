"""Compiles `says` to its test."""

from services.matcher.domain.detection.field_reference import FieldReference
from services.matcher.domain.detection.lists import Lists, roll_up
from services.matcher.domain.detection.modifiers import SigmaSays
from services.matcher.domain.detection.pattern_tests import UnknownList, make_pattern
from services.matcher.domain.detection.says_tests import SaysTest
from services.matcher.domain.detection.view import IN_WORDS
from services.matcher.domain.says.parse_parts import InvalidPart, PartParser
from services.matcher.domain.says.parts import Looked
from services.matcher.domain.says.statement import Statement
from services.matcher.domain.text.phrases import InvalidPhrase, describe_fault
from services.matcher.domain.words.word_list import BoundPattern


def compile_says(value: SigmaSays, reference: FieldReference) -> SaysTest:
    """The test of a statement.

    Raises:
        InvalidField: a part is none, names an unknown list, or the field is no text.
    """
    if reference.field not in IN_WORDS:
        message = f"says reads sentences, and {reference.field} has none"
        raise reference.invalid(message, "words|says, title|says or text|says")
    try:
        parts = make_parser(reference.lists).parse(value.parts)
    except UnknownList as error:
        raise reference.invalid(str(error), error.hint, error.name) from None
    except InvalidPart as error:
        raise reference.invalid(str(error), error.hint) from None
    return SaysTest(reference.field, Statement(parts, value.asserted))


def make_parser(lists: Lists) -> PartParser:
    """Reads parts that name the lists of a pack."""
    counted = {
        name: {**{member: member for member in members}, **roll_up(members, lists.parents)}
        for name, members in lists.members.items()
    }
    return PartParser(counted, lambda text: _read_phrase(text, lists), _find_items)


def _read_phrase(text: str, lists: Lists) -> Looked:
    try:
        return make_pattern(text, lists)
    except UnknownList:
        raise
    except InvalidPhrase as error:
        raise InvalidPart(describe_fault(text, error)) from None


def _find_items(looked: Looked) -> tuple[Looked, ...]:
    if not isinstance(looked, BoundPattern) or len(looked.parts) == 1:
        return (looked,)
    return tuple(BoundPattern((part,), (), looked.slack) for part in looked.parts)
