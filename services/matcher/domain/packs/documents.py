"""The documents of a rule pack, each with its location."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from schemas.hypothesis import Hypothesis
from schemas.pack import Pack
from schemas.rule import CorrelationRule, NamedList, RuleDocument, SiteList
from schemas.word_list import WordList
from services.document_faults import DocumentLocation

D_co = TypeVar("D_co", covariant=True)


@dataclass(frozen=True, slots=True)
class LocatedDocument(Generic[D_co]):
    """A document, and where it was read."""

    document: D_co
    origin: DocumentLocation


@dataclass(frozen=True, slots=True)
class PackDocuments:
    """The documents of a pack that could be read; `name` is the name of its folder.

    `origin` is the location of `pack`.
    """

    name: str
    pack: Pack
    lists: tuple[LocatedDocument[NamedList], ...] = ()
    word_lists: tuple[LocatedDocument[WordList], ...] = ()
    places: tuple[LocatedDocument[SiteList], ...] = ()
    rules: tuple[LocatedDocument[RuleDocument], ...] = ()
    hypotheses: tuple[LocatedDocument[Hypothesis], ...] = ()
    origin: DocumentLocation = field(default_factory=lambda: DocumentLocation("pack.yaml"))

    def correlations(self) -> tuple[LocatedDocument[CorrelationRule], ...]:
        """The correlation rules, in the order of their files."""
        return tuple(
            LocatedDocument(rule.document, rule.origin)
            for rule in self.rules
            if isinstance(rule.document, CorrelationRule)
        )
