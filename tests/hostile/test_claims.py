"""No reporter takes the name, the owner or the story of another."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.ingest.adapters.body import BodyReader
from services.ingest.adapters.http import Authenticator, events_route
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.limits import Limiter
from services.ingest.adapters.tokens import Tokens, read_tokens
from services.ingest.domain.reporter import Reporter
from services.token_file import InvalidTokens
from tests.fakes import FakePublisher
from tests.ingest.builders import NOON, context, digest, errors_of, normalized, report

ANYBODY = Reporter(None)
TAKEN = 202
REFUSED = 422


def read(folder: Path, *sources: str) -> Tokens:
    """A token file in which each source is its own token."""
    lines = [f"'{name}': {{token_sha256: {digest(name)}}}\n" for name in sources]
    (folder / "tokens.yaml").write_text("".join(lines))
    return read_tokens(folder / "tokens.yaml")


async def status(tokens: Tokens, token: str | None, source: str) -> int:
    """What a report is answered, where ingest is open; `token` None: without one."""
    service = FastAPI()
    intake = Intake(FakePublisher(), lambda: NOON)
    service.include_router(
        events_route(intake, Authenticator(lambda: tokens, is_open=True), BodyReader(Limiter()))
    )
    transport = httpx.ASGITransport(service)
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
        answer = await client.post("/v1/events", json=report(source=source), headers=headers)
    return answer.status_code


@pytest.mark.parametrize(
    ("token", "source", "expected"),
    [
        ("a", "a", TAKEN),
        ("a", "a:c", TAKEN),
        ("a", "a:b", REFUSED),
        ("a", "a:b:c", REFUSED),
        ("a", "a:bc", TAKEN),
        ("a:b", "a:b:c", TAKEN),
        ("a:b", "a", REFUSED),
        (None, "a", REFUSED),
        (None, "a:c", REFUSED),
        (None, "a:b", REFUSED),
        (None, "ab", TAKEN),
        (None, "b", TAKEN),
    ],
)
async def test_a_source_belongs_to_its_most_specific_token(
    tmp_path: Path, token: str | None, source: str, expected: int
) -> None:
    assert await status(read(tmp_path, "a", "a:b"), token, source) == expected


def test_the_channels_of_a_token_without_an_owner_are_one_owner(tmp_path: Path) -> None:
    reporter = read(tmp_path, "evil").find_reporter("evil")
    assert reporter is not None

    stored = [
        normalized(report(source=source), context(reporter)) for source in ("evil:0", "evil:1")
    ]

    assert {each.event.source_owner for each in stored} == {"evil"}


def test_the_channels_of_a_source_are_one_owner_where_ingest_is_open() -> None:
    sources = ("evil:0", "evil:1", "evil:1:a", "evil")

    stored = [normalized(report(source=source), context(ANYBODY)) for source in sources]

    assert {each.event.source_owner for each in stored} == {"evil"}
    assert errors_of(report(source="evil:0", source_owner="evil:0"), context(ANYBODY)) == {
        "source_owner": "comes from the token file, never from the body"
    }


def test_the_story_of_another_cannot_be_joined_by_a_body() -> None:
    assert errors_of(report(story="another")) == {"story": "set by ingest, never by the body"}


def test_a_replay_on_the_recorded_clock_keeps_its_stories() -> None:
    assert normalized(report(story="s"), context(recorded=True)).event.story == "s"


def test_an_empty_token_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "tokens.yaml").write_text(f"a: {{token_sha256: {digest('')}}}")

    with pytest.raises(InvalidTokens, match="a: token_sha256: the digest of an empty token"):
        read_tokens(tmp_path / "tokens.yaml")
