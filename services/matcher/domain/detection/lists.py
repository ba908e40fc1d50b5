"""Named lists: who is meant by which words, and which members a report names."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
from services.matcher.domain.text.scan import ScanResult, WordSpan, places

NAMED_IN = ("title", "text", "actors", "targets")
"""The fields whose words give `entities`."""


@dataclass(frozen=True, slots=True)
class MemberName:
    """One way to name a member: not where an `unless` phrase stands."""

    member: str
    unless: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one pack: their members by list, what each literal may name, and sites.

    `called` has the name that people read for each member id, `aligned` the side it stands on;
    `heads` tell the names of organisations that no list has.
    """

    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, tuple[MemberName, ...]] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    aligned: Mapping[str, str] = field(default_factory=dict)
    places: Sites = field(default_factory=Sites)
    heads: Heads = DEFAULT

    @property
    def ids(self) -> frozenset[str]:
        """Every member of every list."""
        return frozenset().union(*self.members.values())

    def opposed(self, one: str, other: str) -> bool:
        """Whether the two members are known to stand on different sides."""
        sides = self.aligned.get(one), self.aligned.get(other)
        return None not in sides and sides[0] != sides[1]

    def literals(self) -> Iterable[str]:
        """What the scan must look for on account of the lists."""
        yield from self.names
        for namings in self.names.values():
            for naming in namings:
                for phrase in naming.unless:
                    yield from (piece.literal for piece in phrase.pieces)


@dataclass(frozen=True, slots=True)
class MemberMention:
    """A member named at a place of a scan."""

    member: str
    field: str
    place: WordSpan


def named(lists: Lists, scan: ScanResult) -> tuple[MemberMention, ...]:
    """Who is named where: of names one inside another only the longest counts."""
    found = {
        (place, naming.member)
        for literal in lists.names.keys() & scan.literals
        for naming in lists.names[literal]
        for place in _unexcepted(scan, naming, scan.places_of(literal))
    }
    return tuple(
        MemberMention(member, scan.text_at(place).field, place)
        for place, member in _longest(sorted(found, key=_outer_first))
    )


def _unexcepted(scan: ScanResult, naming: MemberName, found: list[WordSpan]) -> list[WordSpan]:
    """The places that no exception covers; of one phrase the places follow one another."""
    for phrase in naming.unless:
        over = places(scan, phrase)
        if over:
            found = [place for place in found if not _covered(place, over)]
    return found


def _covered(place: WordSpan, over: list[WordSpan]) -> bool:
    last = bisect_right(over, place[0], key=_start) - 1
    return last >= 0 and place[1] <= over[last][1]


def _start(place: WordSpan) -> int:
    return place[0]


def _outer_first(found: tuple[WordSpan, str]) -> tuple[int, int, str]:
    (start, end), member = found
    return start, -end, member


def _longest(found: list[tuple[WordSpan, str]]) -> Iterable[tuple[WordSpan, str]]:
    """Sorted by start, outer first: a place inside one seen before ends no later than it."""
    reach, widest = -1, (-1, -1)
    for place, member in found:
        if place[1] > reach or place == widest:
            reach, widest = max(reach, place[1]), place
            yield place, member


def build_lists(
    documents: Iterable[LocatedDocument[NamedList]],
) -> tuple[Lists, tuple[RuleFault, ...]]:
    """The lists of one pack, and every fault in them; what is at fault is left out."""
    members: dict[str, frozenset[str]] = {}
    names: dict[str, list[MemberName]] = {}
    called: dict[str, str] = {}
    aligned: dict[str, str] = {}
    faults: list[RuleFault] = []
    for one in documents:
        try:
            _refuse_doubles(one.document, members)
        except InvalidField as refused:
            faults.append(one.origin.fault(refused))
            continue
        members[one.document.name] = frozenset(member.id for member in one.document.members)
        called |= {member.id: member.name for member in one.document.members}
        sides = ((member.id, member.alignment) for member in one.document.members)
        aligned |= {identity: side for identity, side in sides if side is not None}
        for index, member in enumerate(one.document.members):
            namings, refusals = _member_names(member, ("members", index))
            faults += [one.origin.fault(refused) for refused in refusals]
            for form, naming in namings:
                names.setdefault(f" {form} ", []).append(naming)
    unique = {literal: tuple(dict.fromkeys(namings)) for literal, namings in names.items()}
    return Lists(members, unique, called, aligned), tuple(faults)


def _refuse_doubles(document: NamedList, known: Mapping[str, frozenset[str]]) -> None:
    if document.name in known:
        raise InvalidField(("name",), f"there is another list {document.name!r} in this pack")
    seen: set[str] = set()
    for index, member in enumerate(document.members):
        if member.id in seen:
            raise InvalidField(("members", index, "id"), f"{member.id!r} is in this list twice")
        seen.add(member.id)


def _member_names(
    member: Member, path: FieldPath
) -> tuple[list[tuple[str, MemberName]], list[InvalidField]]:
    namings: list[tuple[str, MemberName]] = []
    refusals: list[InvalidField] = []
    aliases = {fold(member.name): ((*path, "name"), LongAlias(alias=member.name))}
    for index, alias in enumerate(map(_long, member.aliases)):
        # an alias spelt like the name says under which conditions the name counts
        aliases[fold(alias.alias)] = ((*path, "aliases", index), alias)
    for place, alias in aliases.values():
        try:
            namings += _alias_names(member.id, alias, place)
        except InvalidField as refused:
            refusals.append(refused)
    return namings, refusals


def _long(alias: str | LongAlias) -> LongAlias:
    return alias if isinstance(alias, LongAlias) else LongAlias(alias=alias)


def _alias_names(member: str, alias: LongAlias, path: FieldPath) -> list[tuple[str, MemberName]]:
    forms = name_forms(alias.alias, proclitics=alias.proclitics)
    if not forms:
        raise InvalidField(path, f"{alias.alias!r} has no letter or digit to look for")
    naming = MemberName(
        member, tuple(_unless(alias, path, index) for index in range(len(alias.unless)))
    )
    return [(form, naming) for form in forms]


def _unless(alias: LongAlias, path: FieldPath, index: int) -> Phrase:
    place = (*path, "unless", index)
    try:
        phrase = parse_phrase(alias.unless[index])
    except InvalidPhrase as error:
        raise InvalidField(place, str(error)) from None
    if not phrase.slack and not _may_cover(phrase.pieces, alias.alias):
        raise InvalidField(
            place,
            f"{alias.unless[index]!r} does not hold {alias.alias!r}, so it would never apply",
            "write the longer words that the alias is a part of",
        )
    return phrase


def _may_cover(pieces: tuple[PhrasePart, ...], alias: str) -> bool:
    words = " ".join(piece.words for piece in pieces)
    return any(piece.inflects for piece in pieces) or any(
        form in words for form in name_forms(alias)
    )
