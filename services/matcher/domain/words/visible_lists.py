"""The word lists that the rules of a pack may name: its own, and those of the packs it uses."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import chain

from schemas.word_list import WordList
from services.document_faults import DocumentFault, FieldPath, InvalidField, suggest_name
from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.phrases import InvalidPhrase, state_reason
from services.matcher.domain.words.entries import named_lists, parse_entry, word_forms
from services.matcher.domain.words.pattern import Pattern

EXCEPT = "except"
MOST_FORMS = 200_000
"""How many forms a list may have."""

Located = LocatedDocument[WordList]


@dataclass(slots=True)
class VisibleList:
    """A list with all that it is extended by: patterns, and forms that are never taken.

    `of_guests` has the patterns, by code, of languages that share their letters with others.
    """

    name: str
    owner: str
    patterns: list[Pattern] = field(default_factory=list)
    of_guests: dict[str, list[Pattern]] = field(default_factory=dict)
    exceptions: set[str] = field(default_factory=set)
    form_count: int = 0

    def named(self) -> set[str]:
        """The lists that its entries name."""
        patterns = chain(self.patterns, *self.of_guests.values())
        return {name for pattern in patterns for name in named_lists(pattern)}

    def add(self, pattern: Pattern, code: str) -> None:
        """Add an entry of a language."""
        is_guest = LANGUAGES[code].is_guest
        (self.of_guests.setdefault(code, []) if is_guest else self.patterns).append(pattern)
        self.form_count += sum(map(len, word_forms(pattern)))

    def join(self, other: "VisibleList") -> None:
        """Add what another pack extends the same list by."""
        self.patterns += [each for each in other.patterns if each not in self.patterns]
        self.exceptions |= other.exceptions
        self.form_count = max(self.form_count, other.form_count)
        for code, patterns in other.of_guests.items():
            known = self.of_guests.setdefault(code, [])
            known += [each for each in patterns if each not in known]


def gather_lists(
    pack: PackDocuments, packs: Mapping[str, PackDocuments]
) -> tuple[tuple[VisibleList, ...], tuple[DocumentFault, ...]]:
    """The lists that the pack has and uses, each after those that it names; faults of its own."""
    gathering = _Gathering(pack, packs)
    gathering.use()
    for located in pack.word_lists:
        gathering.add(located)
    gathering.refuse_unknown()
    return tuple(gathering.in_order()), tuple(gathering.faults)


@dataclass(slots=True)
class _Gathering:
    """The lists so far, and the faults of the pack."""

    pack: PackDocuments
    packs: Mapping[str, PackDocuments]
    lists: dict[str, VisibleList] = field(default_factory=dict)
    faults: list[DocumentFault] = field(default_factory=list)

    def use(self) -> None:
        """Take the lists of the packs that are used; what is wrong in them is reported there."""
        others = {name: pack for name, pack in self.packs.items() if name != self.pack.name}
        for index, name in enumerate(self.pack.pack.uses):
            if name in others:
                used, _ = gather_lists(others[name], others)
                for each in used:
                    self.lists.setdefault(each.name, each).join(each)
                continue
            self.faults.append(
                self.pack.origin.fault(_unknown_pack(name, index, self.pack, others))
            )

    def add(self, located: Located) -> None:
        """Add a list of the pack, but the entries at fault."""
        try:
            self._refuse_name(located.document)
        except InvalidField as error:
            self.faults.append(located.origin.fault(error))
            return
        name = located.document.name
        visible = self.lists.setdefault(name, VisibleList(name, self.pack.name))
        visible.owner = self.pack.name
        for code, index, entry in _entries(located.document):
            try:
                _add_entry(visible, entry, code, ("words", code, index))
            except InvalidField as error:
                self.faults.append(located.origin.fault(error))

    def _refuse_name(self, document: WordList) -> None:
        """Refuse a list that another has the name of, or that extends none."""
        known = self.lists.get(document.name)
        if document.extends is None and known is not None:
            is_own = known.owner == self.pack.name
            hint = "" if is_own else f"write extends: {known.owner}"
            where = self._first_file(document.name) if is_own else known.owner
            message = f"there is another list {document.name!r} in {where}"
            raise InvalidField(("name",), message, hint)
        if document.extends is not None and document.extends not in self.pack.pack.uses:
            hint = f"write uses: [{document.extends}] in pack.yaml"
            message = f"this pack does not use {document.extends!r}"
            raise InvalidField(("extends",), message, hint, document.extends)
        if document.extends is not None and known is None:
            hint = suggest_name(document.name, self.lists)
            raise InvalidField(
                ("name",), f"{document.extends} has no list {document.name!r} to extend", hint
            )

    def _first_file(self, name: str) -> str:
        return next(each.origin.file for each in self.pack.word_lists if each.document.name == name)

    def refuse_unknown(self) -> None:
        """Refuse entries of the pack that name no list, or that go round in a circle."""
        for located in self.pack.word_lists:
            for code, index, entry in _entries(located.document):
                if "%" in entry and code in LANGUAGES:
                    self._refuse_names_of(located, entry, ("words", code, index))

    def _refuse_names_of(self, located: Located, entry: str, path: FieldPath) -> None:
        try:
            names = set(named_lists(parse_entry(entry, str(path[1]))))
        except InvalidPhrase:
            return
        for name in sorted(names - self.lists.keys()):
            hint = suggest_name(name, self.lists)
            invalid = InvalidField(path, f"there is no list of words {name!r}", hint, name)
            self.faults.append(located.origin.fault(invalid))

    def in_order(self) -> Iterator[VisibleList]:
        """The lists, each after those that it names; those in a circle are a fault and left out."""
        lists = dict(self.lists)
        while True:
            graph = {name: each.named() & lists.keys() for name, each in lists.items()}
            try:
                order = list(TopologicalSorter(graph).static_order())
            except CycleError as error:
                circle: list[str] = error.args[1]
                self._refuse_circle(circle)
                lists = {name: each for name, each in lists.items() if name not in circle}
            else:
                yield from (lists[name] for name in order)
                return

    def _refuse_circle(self, circle: list[str]) -> None:
        invalid = InvalidField(("words",), f"it names itself: {' → '.join(reversed(circle))}")
        for located in self.pack.word_lists:
            if located.document.name in circle:
                self.faults.append(located.origin.fault(invalid))


def _unknown_pack(
    name: str, index: int, user: PackDocuments, others: Iterable[str]
) -> InvalidField:
    """The fault of a pack that cannot be used."""
    if name == user.name:
        return InvalidField(("uses", index), "a pack has its own lists", "remove it")
    hint = suggest_name(name, others) or "its folder stands beside that of this pack"
    return InvalidField(("uses", index), f"there is no pack {name!r} to use", hint)


def _entries(document: WordList) -> Iterator[tuple[str, int, str]]:
    """Each entry with its language and number."""
    for code, entries in document.words.items():
        for index, entry in enumerate(entries):
            yield code, index, entry


def _add_entry(visible: VisibleList, entry: str, code: str, path: FieldPath) -> None:
    """Add an entry, or a form under `except`.

    Raises:
        InvalidField: at `path`.
    """
    if code == EXCEPT:
        visible.exceptions.add(_read_exception(entry, path))
        return
    if code not in LANGUAGES:
        hint = suggest_name(code, (*LANGUAGES, EXCEPT))
        known = " ".join(LANGUAGES)
        raise InvalidField(path[:2], f"there is no language {code!r}, but {known}", hint)
    try:
        pattern = parse_entry(entry, code)
    except InvalidPhrase as error:
        raise InvalidField(path, f"{entry!r}: {state_reason(entry, error)}") from None
    visible.add(pattern, code)
    if visible.form_count > MOST_FORMS:
        raise InvalidField(path, f"more than {MOST_FORMS} forms in a list", "make two lists of it")


def _read_exception(entry: str, path: FieldPath) -> str:
    words = fold(entry).split()
    if len(words) != 1:
        raise InvalidField(path, f"{entry!r}: a form is one word")
    return words[0]
