"""The pages of ACLED's API."""

from collections.abc import Mapping
from typing import Any

from services.strict_json import InvalidJson, parse

ROWS = 1000
"""In one page."""


class UnreadablePage(ValueError):
    """It is no page, or says why there is none."""


def read_page(raw: bytes) -> list[Mapping[str, Any]]:
    """The rows of a page.

    Raises:
        UnreadablePage: there are none.
    """
    document = _parse(raw)
    rows = document.get("data")
    if document.get("success") is False or not isinstance(rows, list):
        fault = str(document.get("error") or document.get("message") or "no rows in it")
        raise UnreadablePage(f"ACLED's answer: {fault[:200]}")
    return [row for row in rows if isinstance(row, Mapping)]


def read_access_token(raw: bytes) -> str:
    """The token that the answer to a login has.

    Raises:
        UnreadablePage: it has none.
    """
    token = _parse(raw).get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise UnreadablePage("the answer to the login has no access_token")
    return token


def _parse(raw: bytes) -> Mapping[str, Any]:
    try:
        document = parse(raw)
    except InvalidJson as error:
        raise UnreadablePage(f"no JSON: {error}") from None
    if not isinstance(document, Mapping):
        raise UnreadablePage("no JSON object")
    return document
