"""Reads rule packs from their files: every good document, and every fault of every file."""

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from schemas.duty import DUTY_PACK
from schemas.hypothesis import Hypothesis, HypothesisFile
from schemas.pack import Pack
from schemas.rule import CorrelationRule, DetectionRule, NamedList, RuleDocument, SiteList
from schemas.word_list import WordList
from services.document_faults import DocumentFault, DocumentLocation, FieldPath, InvalidField
from services.matcher.adapters.rules.pack_files import HEAD, HYPOTHESES, PackFiles
from services.matcher.adapters.rules.rule_keys import RULE_KEYS
from services.matcher.adapters.rules.salvage import (
    default_head,
    salvage_head,
    salvage_hypotheses,
)
from services.matcher.adapters.rules.unread import (
    NOTHING_UNREAD,
    Unread,
    drop_consequences,
    find_unread,
)
from services.matcher.adapters.rules.used_packs import read_with_used
from services.matcher.domain.packs.bases_by_name import bases_by_name
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.rulebook import Rulebook
from services.validation_errors import list_errors
from services.yaml_documents import YamlDocument, read_documents

M = TypeVar("M", bound=BaseModel)

_WHERE = "rules go to indicators/*.yaml, lists to lists/*.yaml, places to places/*.yaml"
_OF_RULES = frozenset({"detection", "correlation"})
_OF_LISTS = frozenset({"members", "words"})


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The packs of a folder or a bundle, and the faults of their files.

    What lacks something of `unread` may lack nothing.
    """

    packs: tuple[PackDocuments, ...]
    faults: tuple[DocumentFault, ...]
    unread: Unread = NOTHING_UNREAD

    def rulebook(self) -> tuple[Rulebook, tuple[DocumentFault, ...]]:
        """The rulebook of all good rules, and every fault of files and rules."""
        with outside_collection():
            rulebook, faults = compile_packs(self.packs)
        return rulebook, (*self.faults, *drop_consequences(faults, self.packs, self.unread))

    def drop_unread(self, faults: Iterable[DocumentFault]) -> Iterator[DocumentFault]:
        """The faults without those that only follow from a file that could not be read."""
        return (fault for fault in faults if not self.unread.explains(fault))


@contextmanager
def outside_collection() -> Iterator[None]:
    """No garbage collection, and none later of what stands then: nearly all of it stays.

    Looking at the rules of the shipped packs alone takes a quarter of a second, in which no
    report is evaluated. Rules that go are freed by their references: next to none is in a cycle.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def read_rule_files(folder: Path) -> RuleFiles:
    """The pack in `folder`, or the packs in the folders below it, and the packs that they use.

    Reads files, never raises.
    """
    return read_packs(*read_with_used(folder))


def read_packs(packs: Iterable[PackFiles], faults: Iterable[DocumentFault] = ()) -> RuleFiles:
    """The documents of these packs; `faults` are those of reading their files."""
    packs = tuple(packs)
    all_faults = [*faults, *(_taken_name(pack) for pack in packs if pack.name == DUTY_PACK)]
    read = tuple(_PackReader(pack, all_faults).pack() for pack in packs if pack.name != DUTY_PACK)
    return RuleFiles(read, tuple(all_faults), find_unread(packs, read, all_faults))


def _taken_name(pack: PackFiles) -> DocumentFault:
    message = f"no pack may be called {DUTY_PACK}, the pack of alerts about Vedette itself"
    return DocumentFault(str(pack.folder / HEAD), 1, "", message, "give its folder another name")


@dataclass(frozen=True, slots=True)
class _PackReader:
    """Reads the files of one pack; adds each fault to `faults` and goes on."""

    files: PackFiles
    faults: list[DocumentFault]

    def pack(self) -> PackDocuments:
        """Every document that can be read."""
        self._refuse_strays()
        name, folder = self.files.name, self.files.folder
        head = self._head(folder / HEAD)
        lists = tuple(self._lists())
        return PackDocuments(
            name=name,
            pack=head.document,
            lists=tuple(_of_model(lists, NamedList)),
            word_lists=tuple(_of_model(lists, WordList)),
            places=tuple(self._folder("places", SiteList)),
            rules=bases_by_name(tuple(self._rules())),
            hypotheses=tuple(self._hypotheses(folder / HYPOTHESES)),
            origin=head.origin,
        )

    def _head(self, path: PurePath) -> LocatedDocument[Pack]:
        """pack.yaml: what is good of it, and defaults."""
        name = self.files.name
        for document in self._documents(path)[:1]:
            try:
                head = Pack.model_validate(document.value)
            except ValidationError as error:
                self._add_errors(error, document)
                head = salvage_head(document.value, error, name)
            return LocatedDocument(head, document.origin)
        return LocatedDocument(default_head(name), DocumentLocation(str(path)))

    def _refuse_strays(self) -> None:
        """Refuse the files that would never be read."""
        for path in self.files.strays():
            message = "no file of a pack: it would never be read"
            self.faults.append(DocumentFault(str(path), 1, "", message, _WHERE))

    def _folder(self, part: str, model: type[M]) -> Iterator[LocatedDocument[M]]:
        for path in self.files.below(part):
            yield from self._models(path, model)

    def _models(self, path: PurePath, model: type[M]) -> Iterator[LocatedDocument[M]]:
        for document in self._documents(path):
            valid = self._validate(document, model)
            if valid is not None:
                yield LocatedDocument(valid, document.origin)

    def _lists(self) -> Iterator[LocatedDocument[NamedList | WordList]]:
        """Lists of names, and lists of words, which have a kind."""
        for path in self.files.below("lists"):
            for document in self._placed(path, _OF_LISTS, "is no list"):
                valid = self._list(document)
                if valid is not None:
                    yield LocatedDocument(valid, document.origin)

    def _list(self, document: YamlDocument) -> NamedList | WordList | None:
        keys = _keys(document)
        if "words" in keys and "kind" not in keys:
            error = InvalidField(("kind",), "is missing", "write kind: words")
            self.faults.append(document.origin.fault(error))
            return None
        if "kind" in keys:
            return self._validate(document, WordList)
        return self._validate(document, NamedList)

    def _rules(self) -> Iterator[LocatedDocument[RuleDocument]]:
        for path in self.files.below("indicators"):
            for document in self._placed(path, _OF_RULES, "is no rule"):
                rule: RuleDocument | None
                if "correlation" in _keys(document):
                    rule = self._validate(document, CorrelationRule)
                else:
                    rule = self._validate(document, DetectionRule)
                if rule is not None:
                    yield LocatedDocument(rule, document.origin)

    def _hypotheses(self, path: PurePath) -> Iterator[LocatedDocument[Hypothesis]]:
        for document in self._documents(path):
            origins = _origins_of_items(document.origin, "hypotheses")
            for index, hypothesis in self._good_hypotheses(document):
                yield LocatedDocument(hypothesis, origins[index])

    def _good_hypotheses(self, document: YamlDocument) -> Iterable[tuple[int, Hypothesis]]:
        try:
            file = HypothesisFile.model_validate(document.value)
        except ValidationError as error:
            self._add_errors(error, document)
            return salvage_hypotheses(document.value, error)
        return enumerate(file.hypotheses)

    def _placed(self, path: PurePath, own: frozenset[str], message: str) -> Iterator[YamlDocument]:
        """The documents of a file; one that has the keys of another folder instead is a fault."""
        for document in self._documents(path):
            keys = (_OF_RULES | _OF_LISTS).intersection(_keys(document))
            if keys and keys.isdisjoint(own):
                self.faults.append(document.origin.fault(InvalidField((), message, _WHERE)))
            else:
                yield document

    def _documents(self, path: PurePath) -> tuple[YamlDocument, ...]:
        raw = self.files.files.get(path)
        if raw is None:
            return ()
        documents, faults = read_documents(str(path), raw)
        self.faults.extend(faults)
        if not documents and not faults:
            self.faults.append(DocumentFault(str(path), 1, "", "is empty"))
        return documents

    def _validate(self, document: YamlDocument, model: type[M]) -> M | None:
        try:
            return model.model_validate(document.value)
        except ValidationError as error:
            self._add_errors(error, document)
            return None

    def _add_errors(self, error: ValidationError, document: YamlDocument) -> None:
        errors = list_errors(error, document.value, RULE_KEYS)
        self.faults.extend(map(document.origin.fault, errors))


def _keys(document: YamlDocument) -> Collection[str]:
    return document.value if isinstance(document.value, dict) else ()


def _of_model(
    located: Iterable[LocatedDocument[NamedList | WordList]], model: type[M]
) -> Iterator[LocatedDocument[M]]:
    for each in located:
        if isinstance(each.document, model):
            yield LocatedDocument(each.document, each.origin)


def _origins_of_items(origin: DocumentLocation, key: str) -> Mapping[int, DocumentLocation]:
    """The location of each item of the list at `key`."""
    lines: dict[int, dict[FieldPath, int]] = {}
    for path, line in origin.lines.items():
        if path[:1] == (key,) and len(path) > 1 and isinstance(path[1], int):
            lines.setdefault(path[1], {})[path[2:]] = line
    return {index: DocumentLocation(origin.file, below) for index, below in lines.items()}
