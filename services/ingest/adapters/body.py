"""The body of a request: read within its bounds and its token's limits, and decoded."""

from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import Request

from schemas.event import LARGEST_REQUEST
from services.ingest.adapters.limits import Limiter, LimitExceeded
from services.ingest.domain.cloudevent_headers import find_repeated
from services.ingest.domain.decoding import TooManyReports, UnsupportedContent, choose_decoder
from services.ingest.domain.packed_request import (
    InvalidPacked,
    PackedTooLarge,
    UnsupportedEncoding,
    read_encoding,
    unpack,
)
from services.ingest.domain.reporter import Reporter
from services.refused_request import RefusedRequest
from services.request_body import read_body, refuse_larger
from services.strict_json import InvalidJson

READ_SECONDS = 30.0
MOST_BODIES = 64
TOO_MANY_BODIES = f"{MOST_BODIES} requests of this token are still being sent"


@dataclass(frozen=True, slots=True)
class BodyReader:
    """Reads bodies, each within `read_seconds` and at most MOST_BODIES of one token at once."""

    limiter: Limiter
    read_seconds: float = READ_SECONDS
    reading: Counter[str | None] = field(default_factory=Counter)

    async def read_reports(self, request: Request, reporter: Reporter) -> list[Any]:
        """The decoded reports of the body.

        Raises:
            RefusedRequest: 400, 408, 413, 415, or 429 with Retry-After.
        """
        try:
            decode, encoding = choose_decoder(request.headers), read_encoding(request.headers)
            _check_repeated(request)
            packed = await self._read_charged(request, reporter)
            body = unpack(packed, encoding)
            self._charge_bytes(reporter, len(body) - len(packed))
            items = decode(body)
        except (UnsupportedContent, UnsupportedEncoding) as error:
            raise RefusedRequest(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error)) from None
        except (InvalidJson, InvalidPacked) as error:
            raise RefusedRequest(HTTPStatus.BAD_REQUEST, str(error)) from None
        except (TooManyReports, PackedTooLarge) as error:
            raise RefusedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error)) from None
        self.charge_reports(reporter, len(items), len(body))
        return items

    async def read_raw(self, request: Request, reporter: Reporter) -> bytes:
        """The body as it came.

        Raises:
            RefusedRequest: 400, 408, 413, or 429 with Retry-After.
        """
        return await self._read_charged(request, reporter)

    def charge_reports(self, reporter: Reporter, count: int, size: int) -> None:
        """Charge the reports of a body of `size` bytes.

        Raises:
            RefusedRequest: 429 with Retry-After; none is charged.
        """
        try:
            self.limiter.charge_reports(reporter, count, size)
        except LimitExceeded as error:
            raise _ask_to_wait(str(error), error.wait) from None

    def _charge_bytes(self, reporter: Reporter, size: int) -> None:
        """Charge so many bytes; what is packed and unpacked costs what it unpacks to."""
        if size <= 0:
            return
        try:
            self.limiter.charge_body(reporter, size)
        except LimitExceeded as error:
            raise _ask_to_wait(str(error), error.wait) from None

    async def _read_charged(self, request: Request, reporter: Reporter) -> bytes:
        # a chunked body may be the largest, until it is read
        charged = int(request.headers.get("content-length", LARGEST_REQUEST))
        if charged > LARGEST_REQUEST:
            raise refuse_larger(LARGEST_REQUEST)
        if self.reading[reporter.source] >= MOST_BODIES:
            raise _ask_to_wait(TOO_MANY_BODIES, 1)
        self._charge_bytes(reporter, charged)
        self.reading[reporter.source] += 1
        try:
            body = await read_body(request, LARGEST_REQUEST, self.read_seconds)
        finally:
            self.reading[reporter.source] -= 1
        if len(body) < charged:
            self.limiter.give_back(reporter, charged - len(body))
        return body


def _check_repeated(request: Request) -> None:
    repeated = find_repeated(request.headers.keys())
    if repeated is not None:
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, f"{repeated}: given in two headers")


def _ask_to_wait(message: str, seconds: int) -> RefusedRequest:
    return RefusedRequest(HTTPStatus.TOO_MANY_REQUESTS, message, {"Retry-After": str(seconds)})
