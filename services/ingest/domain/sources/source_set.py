"""The sources in force: by id, by kind, and by the digest of a token."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from services.document_faults import DocumentFault, DocumentLocation, InvalidField
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.sources.pushed_sources import HookSource, HttpSource, PushedSource
from services.ingest.domain.sources.source_document import SourceDocument

S = TypeVar("S", bound=SourceDocument)


@dataclass(frozen=True, slots=True)
class LocatedSource:
    """A source, and where it is written."""

    document: SourceDocument
    location: DocumentLocation


@dataclass(frozen=True, slots=True)
class SourceSet:
    """Sources by id, in the order of their files; paused ones are among them."""

    by_id: Mapping[str, SourceDocument] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def collect(cls, sources: Iterable[SourceDocument]) -> "SourceSet":
        """Of these sources; of several with one id the first."""
        by_id: dict[str, SourceDocument] = {}
        for source in sources:
            by_id.setdefault(source.id, source)
        return cls(MappingProxyType(by_id))

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all."""
        return frozenset(self.by_id)

    def list_kind(self, kind: type[S]) -> Iterator[S]:
        """The sources of a kind that are not paused."""
        for source in self.by_id.values():
            if isinstance(source, kind) and not source.paused:
                yield source

    def find_hook(self, id_: str) -> HookSource | None:
        """The hook of that id, or None."""
        source = self.by_id.get(id_)
        return source if isinstance(source, HookSource) and not source.paused else None

    def make_reporter(self, source: SourceDocument) -> Reporter:
        """The reporter of what `source` sends."""
        return source.make_reporter(self.ids)

    def join_reporters(self, others: Mapping[str, Reporter]) -> Mapping[str, Reporter]:
        """The reporter behind each token: of the `http` sources, and those of the token file.

        A token in both is that of the source. None of them may publish as another.
        """
        of_file = (reporter.source for reporter in others.values())
        known = self.ids | frozenset(filter(None, of_file))
        joined = {digest: replace(each, token_sources=known) for digest, each in others.items()}
        for source in self.list_kind(HttpSource):
            joined |= dict.fromkeys(source.tokens, source.make_reporter(known))
        return joined


def find_set_faults(sources: Iterable[LocatedSource]) -> Iterator[DocumentFault]:
    """What only all sources together show: an id or a token that another one has."""
    ids: dict[str, str] = {}
    digests: dict[str, str] = {}
    for located in sources:
        document, location = located.document, located.location
        if document.id in ids:
            error = InvalidField(("id",), f"is there twice: also {ids[document.id]}")
            yield location.fault(error)
        ids.setdefault(document.id, f"{location.file}:{location.line(('id',))}")
        for index, digest in enumerate(_list_tokens(document)):
            if digest in digests:
                message = f"the same token as {digests[digest]}"
                yield location.fault(InvalidField(("tokens", index), message))
            digests.setdefault(digest, document.id)


def _list_tokens(document: SourceDocument) -> tuple[str, ...]:
    return document.tokens if isinstance(document, PushedSource) else ()
