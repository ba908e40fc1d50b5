"""Rule packs from their folders: every good document, and every fault of every file at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from schemas.hypothesis import Hypothesis, HypothesisFile
from schemas.rule import (
    CorrelationRule,
    DetectionRule,
    NamedList,
    Pack,
    RuleDocument,
    SiteList,
)
from services.matcher.adapters.document_faults import refusals_of
from services.matcher.adapters.yaml_documents import YamlDocument, read_documents
from services.matcher.domain.compile_pack import build
from services.matcher.domain.documents import PackDocuments, Sourced
from services.matcher.domain.faults import Origin, RuleFault
from services.matcher.domain.rulebook import Rulebook

HEAD = "pack.yaml"
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The packs of a folder, and what is wrong with their files."""

    packs: tuple[PackDocuments, ...]
    faults: tuple[RuleFault, ...]

    def rulebook(self) -> tuple[Rulebook, tuple[RuleFault, ...]]:
        """The rulebook of all good rules, and every fault of files and rules."""
        rulebook, faults = build(self.packs)
        return rulebook, (*self.faults, *faults)


def read_rule_files(folder: Path) -> RuleFiles:
    """The pack in `folder`, or the packs in the folders below it. Reads files, never raises."""
    reader = _Reader()
    packs = [reader.pack(place) for place in _pack_folders(folder)]
    if not packs:
        said = f"no {HEAD} in it or in a folder below it"
        reader.faults.append(RuleFault(str(folder), 1, "", said))
    return RuleFiles(tuple(packs), tuple(reader.faults))


def _pack_folders(folder: Path) -> list[Path]:
    if (folder / HEAD).is_file():
        return [folder]
    return sorted(place.parent for place in folder.glob(f"*/{HEAD}"))


@dataclass(slots=True)
class _Reader:
    """Reads on after a fault and collects them all."""

    faults: list[RuleFault] = field(default_factory=list)

    def pack(self, folder: Path) -> PackDocuments:
        """Everything of one pack that can be read; a faulty head leaves the defaults."""
        self._refuse_strays(folder)
        heads = list(self._models(folder / HEAD, Pack))
        hypotheses = folder / "hypotheses.yaml"
        return PackDocuments(
            name=folder.resolve().name,
            pack=heads[0].document if heads else Pack(title=folder.name, owner="unknown"),
            lists=tuple(self._folder(folder / "lists", NamedList)),
            places=tuple(self._folder(folder / "places", SiteList)),
            rules=tuple(self._rules(folder / "indicators")),
            hypotheses=tuple(self._hypotheses(hypotheses)) if hypotheses.exists() else (),
        )

    def _refuse_strays(self, folder: Path) -> None:
        """A rule in the wrong place, or with the wrong ending, would never be read."""
        for place in _strays(folder):
            said = "no file of a pack: it would never be read"
            hint = (
                "rules stand in indicators/*.yaml, lists in lists/*.yaml, places in places/*.yaml"
            )
            self.faults.append(RuleFault(str(place), 1, "", said, hint))

    def _folder(self, folder: Path, model: type[M]) -> Iterator[Sourced[M]]:
        for place in sorted(folder.glob("*.yaml")):
            yield from self._models(place, model)

    def _models(self, place: Path, model: type[M]) -> Iterator[Sourced[M]]:
        for document in self._documents(place):
            checked = self._checked(document, model)
            if checked is not None:
                yield Sourced(checked, document.origin)

    def _rules(self, folder: Path) -> Iterator[Sourced[RuleDocument]]:
        for place in sorted(folder.glob("*.yaml")):
            for document in self._documents(place):
                correlates = isinstance(document.value, dict) and "correlation" in document.value
                rule: RuleDocument | None
                if correlates:
                    rule = self._checked(document, CorrelationRule)
                else:
                    rule = self._checked(document, DetectionRule)
                if rule is not None:
                    yield Sourced(rule, document.origin)

    def _hypotheses(self, place: Path) -> Iterator[Sourced[Hypothesis]]:
        for read in self._models(place, HypothesisFile):
            for index, hypothesis in enumerate(read.document.hypotheses):
                yield Sourced(hypothesis, _below(read.origin, ("hypotheses", index)))

    def _documents(self, place: Path) -> tuple[YamlDocument, ...]:
        try:
            raw = place.read_bytes()
        except OSError as error:
            self.faults.append(RuleFault(str(place), 1, "", f"cannot be read: {error.strerror}"))
            return ()
        documents, faults = read_documents(str(place), raw)
        self.faults += faults
        if not documents and not faults:
            self.faults.append(RuleFault(str(place), 1, "", "is empty"))
        return documents

    def _checked(self, document: YamlDocument, model: type[M]) -> M | None:
        try:
            return model.model_validate(document.value)
        except ValidationError as error:
            refusals = refusals_of(error, document.value)
            self.faults += [document.origin.fault(refused) for refused in refusals]
            return None


def _strays(folder: Path) -> list[Path]:
    known = {"lists", "places", "indicators"}
    found = [place for place in folder.rglob("*.y*ml") if place.suffix in (".yaml", ".yml")]
    return sorted(
        place
        for place in found
        if place.suffix == ".yml"
        or (place.parent != folder and place.parent.relative_to(folder).as_posix() not in known)
    )


def _below(origin: Origin, path: tuple[str | int, ...]) -> Origin:
    """The origin of a part of a document."""
    depth = len(path)
    lines = {place[depth:]: line for place, line in origin.lines.items() if place[:depth] == path}
    return Origin(origin.file, lines)
