"""Rule packs from their files: every good document, and every fault of every file at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from schemas.duty import DUTY_PACK
from schemas.hypothesis import Hypothesis, HypothesisFile
from schemas.rule import (
    CorrelationRule,
    DetectionRule,
    NamedList,
    Pack,
    RuleDocument,
    SiteList,
)
from services.matcher.adapters.rules.document_faults import refusals_of
from services.matcher.adapters.rules.pack_files import HEAD, PackFiles, read_folder
from services.matcher.adapters.rules.yaml_documents import YamlDocument, read_documents
from services.matcher.domain.packs.bases_by_name import bases_by_name
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.packs.faults import RuleFault, RuleLocation
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.rulebook import Rulebook

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The packs of a folder or a bundle, and what is wrong with their files."""

    packs: tuple[PackDocuments, ...]
    faults: tuple[RuleFault, ...]

    def rulebook(self) -> tuple[Rulebook, tuple[RuleFault, ...]]:
        """The rulebook of all good rules, and every fault of files and rules."""
        rulebook, faults = compile_packs(self.packs)
        return rulebook, (*self.faults, *faults)


def read_rule_files(folder: Path) -> RuleFiles:
    """The pack in `folder`, or the packs in the folders below it. Reads files, never raises."""
    return read_packs(*read_folder(folder))


def read_packs(packs: Iterable[PackFiles], faults: Iterable[RuleFault] = ()) -> RuleFiles:
    """The documents of these packs; `faults` are those of getting at their files."""
    given = tuple(packs)
    told = [*faults, *(_taken_name(pack) for pack in given if pack.name == DUTY_PACK)]
    read = tuple(_PackReader(pack, told).pack() for pack in given if pack.name != DUTY_PACK)
    return RuleFiles(read, tuple(told))


def _taken_name(pack: PackFiles) -> RuleFault:
    said = f"no pack may be called {DUTY_PACK}: so are the alerts about Vedette itself"
    return RuleFault(str(pack.folder / HEAD), 1, "", said, "give its folder another name")


@dataclass(frozen=True, slots=True)
class _PackReader:
    """Reads the files of one pack on after a fault, and collects the faults of them all."""

    given: PackFiles
    faults: list[RuleFault]

    def pack(self) -> PackDocuments:
        """Everything that can be read; a faulty head leaves the defaults."""
        self._refuse_strays()
        name, folder = self.given.name, self.given.folder
        heads = list(self._models(folder / HEAD, Pack))
        return PackDocuments(
            name=name,
            pack=heads[0].document if heads else Pack(title=name, owner="unknown"),
            lists=tuple(self._folder("lists", NamedList)),
            places=tuple(self._folder("places", SiteList)),
            rules=bases_by_name(tuple(self._rules())),
            hypotheses=tuple(self._hypotheses(folder / "hypotheses.yaml")),
        )

    def _refuse_strays(self) -> None:
        """A rule in the wrong place, or with the wrong ending, would never be read."""
        for place in self.given.strays():
            said = "no file of a pack: it would never be read"
            hint = (
                "rules stand in indicators/*.yaml, lists in lists/*.yaml, places in places/*.yaml"
            )
            self.faults.append(RuleFault(str(place), 1, "", said, hint))

    def _folder(self, part: str, model: type[M]) -> Iterator[LocatedDocument[M]]:
        for place in self.given.below(part):
            yield from self._models(place, model)

    def _models(self, place: PurePath, model: type[M]) -> Iterator[LocatedDocument[M]]:
        for document in self._documents(place):
            checked = self._checked(document, model)
            if checked is not None:
                yield LocatedDocument(checked, document.origin)

    def _rules(self) -> Iterator[LocatedDocument[RuleDocument]]:
        for place in self.given.below("indicators"):
            for document in self._documents(place):
                correlates = isinstance(document.value, dict) and "correlation" in document.value
                rule: RuleDocument | None
                if correlates:
                    rule = self._checked(document, CorrelationRule)
                else:
                    rule = self._checked(document, DetectionRule)
                if rule is not None:
                    yield LocatedDocument(rule, document.origin)

    def _hypotheses(self, place: PurePath) -> Iterator[LocatedDocument[Hypothesis]]:
        for read in self._models(place, HypothesisFile):
            for index, hypothesis in enumerate(read.document.hypotheses):
                yield LocatedDocument(hypothesis, _below(read.origin, ("hypotheses", index)))

    def _documents(self, place: PurePath) -> tuple[YamlDocument, ...]:
        raw = self.given.files.get(place)
        if raw is None:
            return ()
        documents, faults = read_documents(str(place), raw)
        self.faults.extend(faults)
        if not documents and not faults:
            self.faults.append(RuleFault(str(place), 1, "", "is empty"))
        return documents

    def _checked(self, document: YamlDocument, model: type[M]) -> M | None:
        try:
            return model.model_validate(document.value)
        except ValidationError as error:
            refusals = refusals_of(error, document.value)
            self.faults.extend([document.origin.fault(refused) for refused in refusals])
            return None


def _below(origin: RuleLocation, path: tuple[str | int, ...]) -> RuleLocation:
    """The origin of a part of a document."""
    depth = len(path)
    lines = {place[depth:]: line for place, line in origin.lines.items() if place[:depth] == path}
    return RuleLocation(origin.file, lines)
