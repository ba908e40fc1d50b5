"""A file of hashed tokens: what its entries share, and how a token is found."""

import hashlib
import hmac
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, StringConstraints, ValidationError

from services.error_messages import describe_error

EMPTY_DIGEST = hashlib.sha256(b"").hexdigest()
T = TypeVar("T")


def _check_not_empty(digest: str) -> str:
    if digest == EMPTY_DIGEST:
        raise ValueError("the digest of an empty token")
    return digest


Digest = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-fA-F]{64}$", to_lower=True),
    AfterValidator(_check_not_empty),
]
"""The SHA-256 of a token, in hex."""


class InvalidTokens(ValueError):
    """The token file cannot be used; the message names the file and each entry at fault."""


def find_by_token(known: Mapping[str, T], token: str) -> T | None:
    """What `known` has under the token's digest, or None; takes the same time for every token."""
    digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
    matching = None
    for each, value in known.items():
        if hmac.compare_digest(each, digest):
            matching = value
    return matching


def read_token_entries(path: Path, of_what: str) -> dict[Any, Any]:
    """The entries of the file at `path`, by their names; `of_what` says what they are.

    Raises:
        InvalidTokens: it cannot be read, is no map, or has a name twice.
    """
    try:
        document = yaml.load(path.read_bytes(), _UniqueKeyLoader)  # noqa: S506  (a safe loader)
    except OSError as error:
        raise InvalidTokens(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidTokens(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict) or not document:
        raise InvalidTokens(f"{path}: a map of {of_what}")
    return document


def describe_faults(path: Path, name: object, error: ValidationError) -> Iterator[str]:
    """A line for each fault of the entry `name`; no line holds what was written."""
    for fault in error.errors(include_input=False):
        where = ".".join(str(part) for part in fault["loc"])
        yield f"{path}: {name}: {where or 'the entry'}: {describe_error(fault)}"


class _UniqueKeyLoader(yaml.SafeLoader):
    """A key that is repeated is an error; plain YAML takes the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  (the parent's signature)
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = {str(key) for key in keys if keys.count(key) > 1}
        if repeated:
            raise yaml.YAMLError(f"{', '.join(sorted(repeated))}: is repeated")
        return super().construct_mapping(node, deep)
