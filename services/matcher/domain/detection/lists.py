"""Named lists: the names of their members, and which of them an event mentions."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from schemas.rule import LongAlias, Member, NamedList
from services.matcher.domain.detection.places import Sites
from services.matcher.domain.packs.documents import LocatedDocument
from services.matcher.domain.packs.faults import FieldPath, InvalidField, RuleFault
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.organisation_heads import DEFAULT, Heads
from services.matcher.domain.text.phrases import (
    InvalidPhrase,
    Phrase,
    PhrasePart,
    name_forms,
    parse_phrase,
)
from services.matcher.domain.text.scan import ScanResult, WordSpan, find_phrase

NAMED_IN = ("title", "text", "actors", "targets")
"""The fields whose words give `entities`."""


@dataclass(frozen=True, slots=True)
class MemberName:
    """A name of a member; it does not count inside an `unless` phrase."""

    member: str
    unless: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one pack: member ids by list, names by literal, and sites.

    `titles` has the display name of each member, `alignments` its side; `heads` are the head nouns
    by which organisations in no list are recognised.
    """

    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, tuple[MemberName, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    alignments: Mapping[str, str] = field(default_factory=dict)
    places: Sites = field(default_factory=Sites)
    heads: Heads = DEFAULT

    @property
    def ids(self) -> frozenset[str]:
        """Every member of every list."""
        return frozenset().union(*self.members.values())

    def are_opposed(self, first: str, second: str) -> bool:
        """Whether both members have an alignment, and not the same."""
        sides = self.alignments.get(first), self.alignments.get(second)
        return None not in sides and sides[0] != sides[1]

    def literals(self) -> Iterable[str]:
        """The literals that the scan has to look for."""
        yield from self.names
        for names in self.names.values():
            for name in names:
                for phrase in name.unless:
                    yield from (part.literal for part in phrase.parts)


@dataclass(frozen=True, slots=True)
class MemberMention:
    """A member mentioned by name in a field."""

    member: str
    field: str
    span: WordSpan


def find_members(lists: Lists, scan: ScanResult) -> tuple[MemberMention, ...]:
    """The mentions of members: of a name inside another only the longer counts."""
    found = {
        (span, name.member)
        for literal in lists.names.keys() & scan.literals
        for name in lists.names[literal]
        for span in _without_exceptions(scan, name, scan.find_literal(literal))
    }
    return tuple(
        MemberMention(member, scan.text_at(span).field, span)
        for span, member in _longest(sorted(found, key=_outer_first))
    )


def _without_exceptions(
    scan: ScanResult, name: MemberName, spans: list[WordSpan]
) -> list[WordSpan]:
    """The spans that no `unless` phrase covers."""
    for phrase in name.unless:
        covering = find_phrase(scan, phrase)
        if covering:
            spans = [span for span in spans if not _is_covered(span, covering)]
    return spans


def _is_covered(span: WordSpan, covering: list[WordSpan]) -> bool:
    last = bisect_right(covering, span[0], key=itemgetter(0)) - 1
    return last >= 0 and span[1] <= covering[last][1]


def _outer_first(found: tuple[WordSpan, str]) -> tuple[int, int, str]:
    (start, end), member = found
    return start, -end, member


def _longest(found: list[tuple[WordSpan, str]]) -> Iterable[tuple[WordSpan, str]]:
    """Those inside no other, of spans sorted by start, outer first."""
    last_end, longest = -1, (-1, -1)
    for span, member in found:
        if span[1] > last_end or span == longest:
            last_end, longest = max(last_end, span[1]), span
            yield span, member


def build_lists(
    documents: Iterable[LocatedDocument[NamedList]],
) -> tuple[Lists, tuple[RuleFault, ...]]:
    """The lists of one pack without the parts at fault, and every fault in them."""
    builder = _ListsBuilder()
    for located in documents:
        try:
            _refuse_doubles(located.document, builder.members)
        except InvalidField as error:
            builder.faults.append(located.origin.fault(error))
        else:
            builder.add_list(located)
    return builder.lists(), tuple(builder.faults)


@dataclass(frozen=True, slots=True)
class _ListsBuilder:
    """The lists so far, and their faults."""

    members: dict[str, frozenset[str]] = field(default_factory=dict)
    names: dict[str, list[MemberName]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    alignments: dict[str, str] = field(default_factory=dict)
    faults: list[RuleFault] = field(default_factory=list)

    def add_list(self, located: LocatedDocument[NamedList]) -> None:
        """Add a list, but the names at fault."""
        document = located.document
        self.members[document.name] = frozenset(member.id for member in document.members)
        for index, member in enumerate(document.members):
            self.titles[member.id] = member.name
            if member.alignment is not None:
                self.alignments[member.id] = member.alignment
            errors = self._add_names(member, ("members", index))
            self.faults.extend(map(located.origin.fault, errors))

    def lists(self) -> Lists:
        """The lists, each name once."""
        unique = {literal: tuple(dict.fromkeys(names)) for literal, names in self.names.items()}
        return Lists(self.members, unique, self.titles, self.alignments)

    def _add_names(self, member: Member, path: FieldPath) -> Iterator[InvalidField]:
        aliases = {fold(member.name): ((*path, "name"), LongAlias(alias=member.name))}
        for index, alias in enumerate(map(_as_long_alias, member.aliases)):
            # an alias spelt like the name says under which conditions the name counts
            aliases[fold(alias.alias)] = ((*path, "aliases", index), alias)
        for place, alias in aliases.values():
            try:
                name, forms = _make_name(member.id, alias, place)
            except InvalidField as error:
                yield error
            else:
                for form in forms:
                    self.names.setdefault(f" {form} ", []).append(name)


def _refuse_doubles(document: NamedList, known: Mapping[str, frozenset[str]]) -> None:
    if document.name in known:
        raise InvalidField(("name",), f"there is another list {document.name!r} in this pack")
    seen: set[str] = set()
    for index, member in enumerate(document.members):
        if member.id in seen:
            raise InvalidField(("members", index, "id"), f"{member.id!r} is in this list twice")
        seen.add(member.id)


def _as_long_alias(alias: str | LongAlias) -> LongAlias:
    return alias if isinstance(alias, LongAlias) else LongAlias(alias=alias)


def _make_name(
    member: str, alias: LongAlias, path: FieldPath
) -> tuple[MemberName, tuple[str, ...]]:
    """The name of an alias, and the folded forms that it has in reports."""
    forms = name_forms(alias.alias, proclitics=alias.proclitics)
    if not forms:
        raise InvalidField(path, f"{alias.alias!r} has no letter or digit to look for")
    unless = tuple(_parse_exception(alias, path, index) for index in range(len(alias.unless)))
    return MemberName(member, unless), forms


def _parse_exception(alias: LongAlias, path: FieldPath, index: int) -> Phrase:
    place = (*path, "unless", index)
    try:
        phrase = parse_phrase(alias.unless[index])
    except InvalidPhrase as error:
        raise InvalidField(place, str(error)) from None
    if not phrase.slack and not _may_cover(phrase.parts, alias.alias):
        raise InvalidField(
            place,
            f"{alias.unless[index]!r} does not hold {alias.alias!r}, so it would never apply",
            "write the longer words that the alias is a part of",
        )
    return phrase


def _may_cover(parts: tuple[PhrasePart, ...], alias: str) -> bool:
    words = " ".join(part.words for part in parts)
    return any(part.inflects for part in parts) or any(form in words for form in name_forms(alias))
