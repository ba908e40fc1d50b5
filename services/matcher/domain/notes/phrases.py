"""Notes on phrases of one selection that another phrase of it makes useless."""

from collections.abc import Iterable, Iterator

from schemas.rule import DetectionRule
from services.document_faults import InvalidField
from services.matcher.domain.notes.fields import WrittenField, list_written_fields
from services.matcher.domain.text.phrases import InvalidPhrase, Phrase, parse_phrase


def note_contained_phrases(rule: DetectionRule) -> Iterator[InvalidField]:
    """Phrases whose every finding holds a shorter phrase beside them: the shorter is enough."""
    for field in list_written_fields(rule):
        if not _is_choice(field):
            continue
        phrases = list(_read_phrases(field))
        shorter = {each.parts[0].literal: text for _, text, each in phrases if _is_whole(each)}
        for path, text, phrase in phrases:
            found = (shorter.get(literal, text) for literal in _inner_literals(phrase))
            inner = next((each for each in found if each != text), None)
            if inner is not None:
                message = f"{text!r} finds nothing that {inner!r} beside it does not find"
                yield InvalidField(path, message, "remove the longer phrase")


def _is_choice(field: WrittenField) -> bool:
    """Whether the values are phrases of which one is enough."""
    return "phrase" in field.modifiers and not field.modifiers & {"all", "near", "says", "means"}


def _read_phrases(field: WrittenField) -> Iterator[tuple[tuple[str | int, ...], str, Phrase]]:
    """The phrases that can be read; a list `%name%` is none."""
    for path, value in field.values:
        if isinstance(value, str) and "%" not in value:
            try:
                yield path, value, parse_phrase(value)
            except InvalidPhrase:
                continue


def _is_whole(phrase: Phrase) -> bool:
    return len(phrase.parts) == 1 and not phrase.slack


def _inner_literals(phrase: Phrase) -> Iterable[str]:
    """The literal of every phrase that each finding of this one holds."""
    for part in phrase.parts:
        starts = [index for index, sign in enumerate(part.literal[:-1]) if sign == " "]
        for start in starts:
            for end in range(start + 2, len(part.literal) + 1):
                yield part.literal[start:end]
