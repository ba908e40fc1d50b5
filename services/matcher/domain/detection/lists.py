"""Named lists: the names of their members, and whom each member belongs to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from schemas.rule import NamedList
from services.document_faults import DocumentFault, InvalidField
from services.matcher.domain.detection.clashes import find_clashes
from services.matcher.domain.detection.company import Company, make_company
from services.matcher.domain.detection.member_names import (
    AliasPlace,
    MemberName,
    NamedAlias,
    make_name,
    marking_words,
    written_names,
)
from services.matcher.domain.detection.places import Sites
from services.matcher.domain.packs.documents import LocatedDocument
from services.matcher.domain.text.organisation_heads import DEFAULT, Heads
from services.matcher.domain.words.word_list import IndexedList


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one pack: member ids by list, names by literal, and sites.

    `titles` has the display name of each member, `alignments` its side, `parents` whom it belongs
    to; `rolled_up` has, for lists that include children, the member that each child counts as, and
    `company`, by list, what names need that do not count alone; `heads` are the head nouns by
    which organisations in no list are recognised; `words` are the word lists by name, also those
    of the packs that are used.
    """

    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, tuple[MemberName, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    alignments: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    rolled_up: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    company: Mapping[str, Company] = field(default_factory=dict)
    places: Sites = field(default_factory=Sites)
    words: Mapping[str, IndexedList] = field(default_factory=dict)
    heads: Heads = DEFAULT

    @property
    def ids(self) -> frozenset[str]:
        """Every member of every list."""
        return frozenset().union(*self.members.values())

    def counted(self, name: str) -> frozenset[str]:
        """Who counts for a list: its members, and those who belong to them."""
        return self.members[name].union(self.rolled_up.get(name, ()))

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
        for company in self.company.values():
            yield from company.literals()


def roll_up(members: frozenset[str], parents: Mapping[str, str]) -> dict[str, str]:
    """Who belongs to a member by `parent`, and the member whom he counts as.

    That is the outermost that the list holds, so that a group and its leader are one.
    """
    outermost = {child: _outermost(child, members, parents) for child in parents}
    return {child: member for child, member in outermost.items() if member and member != child}


def _outermost(child: str, members: frozenset[str], parents: Mapping[str, str]) -> str | None:
    outermost, seen, body = None, set[str](), child
    while body not in seen:
        seen.add(body)
        outermost = body if body in members else outermost
        body = parents.get(body, body)
    return outermost


def build_lists(
    documents: Iterable[LocatedDocument[NamedList]],
) -> tuple[Lists, tuple[DocumentFault, ...]]:
    """The lists of one pack without the parts at fault, and every fault in them."""
    builder = _ListsBuilder()
    for located in documents:
        try:
            _refuse_doubles(located.document, builder.members)
        except InvalidField as error:
            builder.faults.append(located.origin.fault(error))
        else:
            builder.add_list(located)
    lists = builder.lists()
    builder.faults.extend(find_clashes(builder.aliases, lists.names))
    return lists, tuple(builder.faults)


@dataclass(frozen=True, slots=True)
class _ListsBuilder:
    """The lists so far, and their faults."""

    members: dict[str, frozenset[str]] = field(default_factory=dict)
    documents: list[LocatedDocument[NamedList]] = field(default_factory=list)
    aliases: list[NamedAlias] = field(default_factory=list)
    faults: list[DocumentFault] = field(default_factory=list)

    def add_list(self, located: LocatedDocument[NamedList]) -> None:
        """Add a list, but the names at fault."""
        document = located.document
        self.members[document.name] = frozenset(member.id for member in document.members)
        self.documents.append(located)
        for index in range(len(document.members)):
            self._add_names(located, index)

    def lists(self) -> Lists:
        """The lists, each name once."""
        documents = [located.document for located in self.documents]
        members = [member for document in documents for member in document.members]
        parents = {member.id: member.parent for member in members if member.parent is not None}
        rolled_up = (
            (document.name, roll_up(self.members[document.name], parents))
            for document in documents
            if document.includes_children
        )
        return Lists(
            self.members,
            self._names(),
            {member.id: member.name for member in members},
            {member.id: member.alignment for member in members if member.alignment is not None},
            parents,
            dict(rolled_up),
            dict(self._company()),
        )

    def _names(self) -> dict[str, tuple[MemberName, ...]]:
        names: dict[str, dict[MemberName, None]] = {}
        for alias in self.aliases:
            for literal in alias.literals:
                names.setdefault(literal, {})[alias.name] = None
        return {literal: tuple(unique) for literal, unique in names.items()}

    def _company(self) -> Iterator[tuple[str, Company]]:
        for located in self.documents:
            name = located.document.name
            try:
                yield name, make_company(located.document, self.members)
            except InvalidField as error:
                self.faults.append(located.origin.fault(error))
                yield name, Company(self.members[name])

    def _add_names(self, located: LocatedDocument[NamedList], index: int) -> None:
        member = located.document.members[index]
        known = marking_words(member)
        for path, alias in written_names(member, ("members", index)):
            try:
                place = AliasPlace(located.origin, path, located.document.name)
                made = make_name(member.id, alias, place, known)
            except InvalidField as error:
                self.faults.append(located.origin.fault(error))
            else:
                self.aliases.append(made)


def _refuse_doubles(document: NamedList, known: Mapping[str, frozenset[str]]) -> None:
    if document.name in known:
        raise InvalidField(("name",), f"there is another list {document.name!r} in this pack")
    seen: set[str] = set()
    for index, member in enumerate(document.members):
        if member.id in seen:
            raise InvalidField(("members", index, "id"), f"{member.id!r} is in this list twice")
        seen.add(member.id)
