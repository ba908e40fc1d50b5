"""The token file: source id → SHA-256 of its token, owner, reliability."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, ConfigDict, Field, TypeAdapter, ValidationError

from schemas.event import Reliability, Source
from schemas.model import Document, Name
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.sources.source_set import SourceSet
from services.token_file import (
    Digest,
    InvalidTokens,
    describe_faults,
    find_by_token,
    read_token_entries,
)


class _TokenEntry(Document):
    token_sha256: Annotated[Digest, Field(validation_alias=AliasChoices("token_sha256", "sha256"))]
    owner: Name | None = None
    reliability: Reliability | None = None


@dataclass(frozen=True)
class Tokens:
    """Reporters by the SHA-256 of their token, in hex; `others`: sources without such a token."""

    reporters: Mapping[str, Reporter]
    others: frozenset[str] = frozenset()

    @cached_property
    def anybody(self) -> Reporter:
        """The reporter without a token, who may not publish as the source of one."""
        sources = (reporter.source for reporter in self.reporters.values())
        return Reporter(None, token_sources=self.others | set(filter(None, sources)))

    def find_reporter(self, token: str) -> Reporter | None:
        """The reporter of `token`, or None; takes the same time for every token."""
        return find_by_token(self.reporters, token)


@dataclass(slots=True)
class JoinedTokens:
    """The tokens of the token file and of the sources, as both are now."""

    file: Callable[[], Tokens]
    sources: Callable[[], SourceSet]
    _joined: tuple[Tokens, SourceSet, Tokens] | None = None

    def __call__(self) -> Tokens:
        """Those in force; the same object until they change."""
        file, sources = self.file(), self.sources()
        joined = self._joined
        if joined is None or joined[0] is not file or joined[1] is not sources:
            tokens = Tokens(sources.join_reporters(file.reporters), sources.ids)
            self._joined = joined = (file, sources, tokens)
        return joined[2]


def read_tokens(path: Path) -> Tokens:
    """The tokens of the file at `path`.

    Raises:
        InvalidTokens: it cannot be read, or an entry is malformed; every fault is named.
    """
    what = "source id to token_sha256, owner and reliability"
    return _read_entries(path, read_token_entries(path, what))


def _read_entries(path: Path, document: Mapping[Any, Any]) -> Tokens:
    faults: list[str] = []
    reporters: dict[str, Reporter] = {}
    for source, raw in document.items():
        try:
            name, entry = _SOURCE.validate_python(source), _TokenEntry.model_validate(raw)
        except ValidationError as error:
            faults += describe_faults(path, source, error)
            continue
        if entry.token_sha256 in reporters:
            other = reporters[entry.token_sha256].source
            faults.append(f"{path}: {source}: token_sha256: the same token as {other}")
        reporters[entry.token_sha256] = Reporter(
            name, entry.owner or name, entry.reliability, token_sources=frozenset(document)
        )
    if faults:
        raise InvalidTokens("; ".join(faults))
    return Tokens(reporters)


_SOURCE: TypeAdapter[str] = TypeAdapter(Source, config=ConfigDict(strict=True))
