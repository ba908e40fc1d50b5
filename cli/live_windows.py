"""What the windows of a rule hold in running matchers, over their admin ports."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from cli.faults import CommandFailure
from cli.window_lines import write_window
from schemas.live_windows import LiveWindows

TIMEOUT_SECONDS = 10


def ask_matchers(urls: Sequence[str], rule: str, value: str | None) -> list[LiveWindows]:
    """The answer of each matcher about `PACK/NAME`. Blocks.

    Raises:
        CommandFailure: the rule has no pack, or a matcher does not answer, or refuses.
    """
    pack, slash, name = rule.partition("/")
    if not slash:
        raise CommandFailure(f"{rule}: a matcher asks for PACK/NAME, such as iraq-2020/{rule}")
    path = f"windows/{quote(pack, safe='')}/{quote(name, safe='')}"
    query = {} if value is None else {"value": value}
    return [_ask(url, f"{url.rstrip('/')}/{path}", query) for url in urls]


def _ask(matcher: str, url: str, query: dict[str, str]) -> LiveWindows:
    import httpx  # noqa: PLC0415  (a file needs no client)

    hint = "--matcher is the admin port of a matcher, such as http://localhost:6066"
    try:
        response = httpx.get(url, params=query, timeout=TIMEOUT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise CommandFailure(f"{matcher}: {reason}: {hint}") from None
    if not response.is_success:
        raise CommandFailure(f"{matcher}: {_read_refusal(response) or hint}")
    try:
        return LiveWindows.model_validate_json(response.content)
    except ValidationError:
        raise CommandFailure(f"{matcher} does not answer as a matcher does: {hint}") from None


def _read_refusal(response: Any) -> str:
    """Why a matcher refuses; empty where something else answers, or an older matcher."""
    try:
        detail = response.json().get("detail")
    except (ValueError, AttributeError):
        return ""
    return detail if isinstance(detail, str) and detail != "Not Found" else ""


def write_live_windows(answers: Sequence[LiveWindows]) -> Iterator[str]:
    """Lines for a terminal: the windows, and what nobody was asked for."""
    for answer in answers:
        for window in answer.windows:
            yield from write_window(answer.rule, window)
        more = answer.groups - len(answer.windows)
        if more > 0:
            yield f"and {more} more groups, which changed earlier: name a value with --group"
    if not any(answer.windows for answer in answers):
        yield f"{answers[0].pack}/{answers[0].rule}: its windows are empty"
    missing = list_missing(answers)
    if missing:
        yield (
            f"not asked: signals partitions {', '.join(map(str, missing))} of "
            f"{answers[0].partition_count}: other matchers have them, each with a --matcher"
        )


def list_missing(answers: Iterable[LiveWindows]) -> list[int]:
    """The signals partitions that no matcher of those has."""
    answers = tuple(answers)
    asked = {number for answer in answers for number in answer.partitions}
    return sorted(set(range(answers[0].partition_count)) - asked)
