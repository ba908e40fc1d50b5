"""The token file: source id → SHA-256 of its token, owner, reliability."""

import hashlib
import hmac
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
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

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$", to_lower=True)]


class InvalidTokens(Exception):
    """The token file cannot be used; the message names the file and each entry at fault."""


class _Entry(Document):
    token_sha256: Annotated[Digest, Field(validation_alias=AliasChoices("token_sha256", "sha256"))]
    owner: Name | None = None
    reliability: Reliability | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Identities by the SHA-256 of their token, in hex."""

    identities: Mapping[str, Reporter]

    def identity_of(self, token: str) -> Reporter | None:
        """Whom `token` stands for; takes the same time for every token."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
        found = None
        for known, identity in self.identities.items():
            if hmac.compare_digest(known, digest):
                found = identity
        return found


def read_tokens(path: Path) -> Tokens:
    """The tokens of the file at `path`.

    Raises:
        InvalidTokens: it cannot be read, or an entry is malformed; every fault is named.
    """
    try:
        document = yaml.load(path.read_bytes(), _NothingTwice)  # noqa: S506  (it is a safe loader)
    except OSError as error:
        raise InvalidTokens(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidTokens(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict) or not document:
        raise InvalidTokens(f"{path}: a map of source id to token_sha256, owner and reliability")
    return _checked(path, document)


def _checked(path: Path, document: Mapping[Any, Any]) -> Tokens:
    faults: list[str] = []
    identities: dict[str, Reporter] = {}
    for source, raw in document.items():
        try:
            known, entry = _SOURCE.validate_python(source), _Entry.model_validate(raw)
        except ValidationError as error:
            faults += [f"{path}: {source}: {_named(fault)}" for fault in error.errors()]
            continue
        if entry.token_sha256 in identities:
            other = identities[entry.token_sha256].source
            faults.append(f"{path}: {source}: token_sha256: the same token as {other}")
        identities[entry.token_sha256] = Reporter(known, entry.owner, entry.reliability)
    if faults:
        raise InvalidTokens("; ".join(faults))
    return Tokens(identities)


def _named(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where or 'the entry'}: {fault['msg'].removeprefix('Value error, ')}"


class _NothingTwice(yaml.SafeLoader):
    """YAML lets the last of two equal keys win in silence: here that is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  (the parent's signature)
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {str(key) for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.YAMLError(f"{', '.join(sorted(twice))}: stands twice")
        return super().construct_mapping(node, deep)


_SOURCE: TypeAdapter[str] = TypeAdapter(Source, config=ConfigDict(strict=True))
