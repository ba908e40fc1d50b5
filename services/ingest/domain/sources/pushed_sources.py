"""Sources that send to ingest by themselves."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.model import Document
from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.source_document import MappedSource, SourceDocument
from services.ingest.domain.sources.written_values import Credential
from services.token_file import Digest

MOST_TOKENS = 16
_ADDRESSABLE = re.compile(r"[A-Za-z0-9._:@-]+")

TokenDigests = Annotated[tuple[Digest, ...], Field(max_length=MOST_TOKENS)]
"""The SHA-256 of each valid token, in hex: during a change the old and the new one."""
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class HttpSource(SourceDocument):
    """Posts reports to `/v1/events` with one of its bearer tokens."""

    kind: Literal["http"] = "http"
    tokens: Annotated[TokenDigests, Field(min_length=1)]


class SignatureCheck(Document):
    """A signature of the body: hex HMAC-SHA256, by any of `secrets`.

    `scheme`: `body` signs the body alone, into `header` behind `prefix`; `slack` is Slack's, which
    signs a time too.
    """

    secrets: Annotated[tuple[Credential, ...], Field(min_length=1, max_length=MOST_TOKENS)]
    scheme: Literal["body", "slack"] = "body"
    header: HeaderName = "X-Hub-Signature-256"
    prefix: Annotated[str, StringConstraints(max_length=64)] = "sha256="


class HookSource(MappedSource):
    """Posts JSON of its own to `/v1/hooks/ID`; each item becomes a report by `mapping`.

    It shows one of `tokens` in `token_header` (bearer in `Authorization`), or signs the body.
    """

    kind: Literal["hook"] = "hook"
    mapping: MappingDocument
    tokens: TokenDigests = ()
    token_header: HeaderName = "Authorization"  # noqa: S105  (a header's name)
    signature: SignatureCheck | None = None

    @model_validator(mode="after")
    def _is_guarded(self) -> Self:
        if bool(self.tokens) == (self.signature is not None):
            raise ValueError("one of tokens and signature: how does it show who it is?")
        if _ADDRESSABLE.fullmatch(self.id) is None:
            raise ValueError("id: is part of a hook's address: letters, digits and ._:@- alone")
        return self


PushedSource = HttpSource | HookSource
