"""The names of list members: as reports spell them, and under which conditions they count."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from schemas.rule import LongAlias, Member
from services.document_faults import DocumentLocation, FieldPath, InvalidField
from services.matcher.domain.detection.readings import read_alternatives
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.phrases import (
    InvalidPhrase,
    Phrase,
    PhrasePart,
    name_forms,
    parse_phrase,
)
from services.matcher.domain.text.scan import ScanResult, WordSpan, find_phrase
from services.matcher.domain.text.spellings import (
    SpelledName,
    find_marking_words,
    script_spellings,
    spell_name,
)


@dataclass(frozen=True, slots=True)
class MemberName:
    """A name of a member; it does not count inside an `unless` phrase.

    `company` is the list in whose company alone it counts; None: it counts alone. `spelled` has
    its spellings, if it has several; then it is indexed under its anchor alone.
    """

    member: str
    unless: tuple[Phrase, ...] = ()
    company: str | None = None
    spelled: SpelledName | None = None

    def find(self, scan: ScanResult, literal: str) -> list[WordSpan]:
        """The spans of the name at a literal that it is indexed under."""
        spans = scan.find_literal(literal)
        return spans if self.spelled is None else self.spelled.find(scan.folded, spans)

    def exceptions(self, scan: ScanResult) -> Iterator[list[WordSpan]]:
        """The spans of each `unless` phrase that the scan holds."""
        yield from filter(None, (find_phrase(scan, phrase) for phrase in self.unless))


class AliasPlace(NamedTuple):
    """Where an alias is written: the file, the path in it, and the name of the list."""

    origin: DocumentLocation
    path: FieldPath
    listed_in: str


@dataclass(frozen=True, slots=True)
class NamedAlias:
    """A name or alias as written, and the literals to scan for."""

    written: str
    place: AliasPlace
    name: MemberName
    literals: tuple[str, ...]


def written_names(member: Member, path: FieldPath) -> Iterator[tuple[FieldPath, LongAlias]]:
    """The name and the aliases of a member, each once.

    An alias spelt like the name says under which conditions the name counts.
    """
    aliases = {fold(member.name): ((*path, "name"), LongAlias(alias=member.name))}
    for index, alias in enumerate(map(_as_long_alias, member.aliases)):
        aliases[fold(alias.alias)] = ((*path, "aliases", index), alias)
    yield from aliases.values()


def marking_words(member: Member) -> frozenset[str]:
    """The words by which its names in Latin script are known to be foreign ones."""
    aliases = (_as_long_alias(alias) for alias in member.aliases)
    written = (member.name, *(alias.alias for alias in aliases if alias.spellings is not False))
    return frozenset().union(*map(find_marking_words, written))


def make_name(
    member: str, alias: LongAlias, place: AliasPlace, known: Collection[str]
) -> NamedAlias:
    """The name that an alias gives its member; one of the `known` words marks it as foreign.

    Raises:
        InvalidField: there is nothing to look for, or an exception that could never apply.
    """
    path, spelled = place.path, None
    readings = read_alternatives(alias.alias, path)
    if alias.spellings is not False:
        spelled = spell_name(alias.alias, known, sure=alias.spellings is True)
    literals = tuple(_literals(alias, readings) if spelled is None else spelled.literals())
    if not literals:
        raise InvalidField(path, f"{alias.alias!r} has no letter or digit to look for")
    unless = tuple(_parse_exception(alias, path, index) for index in range(len(alias.unless)))
    company = None if alias.alone else place.listed_in
    return NamedAlias(alias.alias, place, MemberName(member, unless, company, spelled), literals)


def _as_long_alias(alias: str | LongAlias) -> LongAlias:
    return alias if isinstance(alias, LongAlias) else LongAlias(alias=alias)


def _literals(alias: LongAlias, written: list[str]) -> Iterable[str]:
    if alias.spellings is not False:
        written = [spelling for reading in written for spelling in script_spellings(reading)]
    forms = (form for name in written for form in name_forms(name, proclitics=alias.proclitics))
    return dict.fromkeys(f" {form} " for form in forms)


def _parse_exception(alias: LongAlias, path: FieldPath, index: int) -> Phrase:
    place = (*path, "unless", index)
    try:
        phrase = parse_phrase(alias.unless[index])
    except InvalidPhrase as error:
        raise InvalidField(place, str(error)) from None
    readings = read_alternatives(alias.alias, path)
    if not phrase.slack and not any(_may_cover(phrase.parts, each) for each in readings):
        raise InvalidField(
            place,
            f"{alias.unless[index]!r} does not hold {alias.alias!r}, so it would never apply",
            "write the longer words that the alias is a part of",
        )
    return phrase


def _may_cover(parts: tuple[PhrasePart, ...], alias: str) -> bool:
    words = " ".join(part.words for part in parts)
    return any(part.inflects for part in parts) or any(form in words for form in name_forms(alias))
