"""The token file: source id → SHA-256 of its token, owner, reliability."""

import hashlib
import hmac
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    AfterValidator,
    AliasChoices,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from schemas.event import Reliability, Source
from schemas.model import Document, Name
from services.ingest.domain.reporter import Reporter

EMPTY_DIGEST = hashlib.sha256(b"").hexdigest()


def _check_not_empty(digest: str) -> str:
    if digest == EMPTY_DIGEST:
        raise ValueError("the digest of an empty token")
    return digest


Digest = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-fA-F]{64}$", to_lower=True),
    AfterValidator(_check_not_empty),
]


class InvalidTokens(Exception):
    """The token file cannot be used; the message names the file and each entry at fault."""


class _TokenEntry(Document):
    token_sha256: Annotated[Digest, Field(validation_alias=AliasChoices("token_sha256", "sha256"))]
    owner: Name | None = None
    reliability: Reliability | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Reporters by the SHA-256 of their token, in hex."""

    reporters: Mapping[str, Reporter]

    @property
    def anybody(self) -> Reporter:
        """The reporter without a token, who may not publish as the source of one."""
        sources = (reporter.source for reporter in self.reporters.values())
        return Reporter(None, token_sources=frozenset(filter(None, sources)))

    def find_reporter(self, token: str) -> Reporter | None:
        """The reporter of `token`, or None; takes the same time for every token."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
        matching = None
        for known, reporter in self.reporters.items():
            if hmac.compare_digest(known, digest):
                matching = reporter
        return matching


def read_tokens(path: Path) -> Tokens:
    """The tokens of the file at `path`.

    Raises:
        InvalidTokens: it cannot be read, or an entry is malformed; every fault is named.
    """
    try:
        document = yaml.load(path.read_bytes(), _UniqueKeyLoader)  # noqa: S506  (a safe loader)
    except OSError as error:
        raise InvalidTokens(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidTokens(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict) or not document:
        raise InvalidTokens(f"{path}: a map of source id to token_sha256, owner and reliability")
    return _read_entries(path, document)


def _read_entries(path: Path, document: Mapping[Any, Any]) -> Tokens:
    faults: list[str] = []
    reporters: dict[str, Reporter] = {}
    for source, raw in document.items():
        try:
            name, entry = _SOURCE.validate_python(source), _TokenEntry.model_validate(raw)
        except ValidationError as error:
            faults += [f"{path}: {source}: {_describe(fault)}" for fault in error.errors()]
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


def _describe(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where or 'the entry'}: {fault['msg'].removeprefix('Value error, ')}"


class _UniqueKeyLoader(yaml.SafeLoader):
    """A key that is repeated is an error; plain YAML takes the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  (the parent's signature)
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = {str(key) for key in keys if keys.count(key) > 1}
        if repeated:
            raise yaml.YAMLError(f"{', '.join(sorted(repeated))}: is repeated")
        return super().construct_mapping(node, deep)


_SOURCE: TypeAdapter[str] = TypeAdapter(Source, config=ConfigDict(strict=True))
