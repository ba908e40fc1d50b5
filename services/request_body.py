"""The body of a request, within its bounds."""

import asyncio
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request

from services.refused_request import RefusedRequest


async def read_body(request: Request, most: int, seconds: float) -> bytes:
    """The body, of `most` bytes at most, within `seconds`.

    Raises RefusedRequest: 408, 413, or 400 where it ends early.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _read_stream(request, most)
    except TimeoutError:
        message = f"the body did not come within {seconds:g} s"
        raise RefusedRequest(HTTPStatus.REQUEST_TIMEOUT, message) from None
    except ClientDisconnect:
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "the body ended early") from None


def refuse_larger(most: int) -> RefusedRequest:
    """The refusal of a body of more than `most` bytes."""
    message = f"more than {most} bytes in one request"
    return RefusedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)


async def _read_stream(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise refuse_larger(most)
    return bytes(body)
