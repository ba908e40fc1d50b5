"""Requests that are answered before anything is done for them."""

from collections.abc import Mapping
from http import HTTPStatus


class RefusedRequest(Exception):
    """The answer to a request that is refused; the message says what to do."""

    def __init__(
        self, status: HTTPStatus, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
