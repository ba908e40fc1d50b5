"""Hooks over the real route: who may send, and what each of their items becomes."""

import hashlib
import json
from typing import Any

import pytest

from services.ingest.adapters.limits import Limiter
from services.ingest.domain.sources.hook_signature import sign_body
from services.slack_signature import sign
from tests.fakes import FakePublisher
from tests.ingest.hooks import DIGEST, GENERIC, SECONDS, SECRET, Hooks, bearer

NEW_DIGEST = hashlib.sha256(b"the next one").hexdigest()
SIGNED = {"tokens": [], "signature": {"secrets": [{"env": "SOURCE_OLD"}, {"env": "SOURCE_NEW"}]}}
SLACK: dict[str, Any] = {
    "tokens": [],
    "signature": {"scheme": "slack", "secrets": [{"env": "SOURCE_OLD"}]},
}


async def test_an_item_becomes_an_event_of_the_source() -> None:
    hooks = Hooks({"reliability": "B", "owner": "The Desk"})

    answer = await hooks.post({"id": "1", "text": "Rockets hit the base."}, **bearer())

    [event] = hooks.published()
    assert answer.status_code == 202
    assert answer.json()["results"][0]["status"] == "accepted"
    assert (event.source, event.source_owner, event.reliability) == ("src", "The Desk", "B")


@pytest.mark.parametrize(
    "headers", [{}, bearer("wrong"), {"authorization": "Basic x"}, {"x_token": SECRET}]
)
async def test_without_its_token_nothing_is_taken(headers: dict[str, str]) -> None:
    hooks = Hooks()

    answer = await hooks.post({"text": "x"}, **headers)

    assert answer.status_code == 401
    assert "no valid token in Authorization" in answer.json()["error"]
    assert hooks.published() == []


async def test_during_a_change_both_tokens_are_valid_and_then_one() -> None:
    hooks = Hooks({"tokens": [DIGEST, NEW_DIGEST]})
    both = [
        (await hooks.post({"text": "x"}, **bearer(token))).status_code
        for token in (SECRET, "the next one")
    ]

    hooks.fields = {"tokens": [NEW_DIGEST]}

    assert both == [202, 202]
    assert (await hooks.post({"text": "x"}, **bearer())).status_code == 401


async def test_a_token_may_be_in_a_header_of_its_own() -> None:
    hooks = Hooks({"token_header": "X-Telegram-Bot-Api-Secret-Token"})

    right = await hooks.post({"text": "x"}, x_telegram_bot_api_secret_token=SECRET)
    wrong = await hooks.post({"text": "x"}, **bearer())

    assert (right.status_code, wrong.status_code) == (202, 401)


async def test_a_hook_that_is_unknown_or_paused_is_not_found() -> None:
    assert (await Hooks().post({"text": "x"}, "other", **bearer())).status_code == 404
    assert (await Hooks({"paused": True}).post({"text": "x"}, **bearer())).status_code == 404


async def test_a_signed_body_is_taken_by_any_of_the_secrets() -> None:
    hooks = Hooks(SIGNED, environment={"SOURCE_OLD": "old", "SOURCE_NEW": SECRET})
    raw = json.dumps({"text": "x"}).encode()

    right = await hooks.post(raw, x_hub_signature_256=f"sha256={sign_body(SECRET, raw)}")
    other = await hooks.post(raw + b" ", x_hub_signature_256=f"sha256={sign_body(SECRET, raw)}")
    plain = await hooks.post(raw)

    assert [each.status_code for each in (right, other, plain)] == [202, 401, 401]


async def test_a_secret_that_is_missing_is_no_fault_of_the_sender() -> None:
    hooks = Hooks(SIGNED, environment={})

    answer = await hooks.post(b"{}", x_hub_signature_256="sha256=00")

    assert answer.status_code == 503
    assert "SOURCE_OLD" not in answer.text


def slack_headers(raw: bytes, seconds: int = int(SECONDS)) -> dict[str, str]:
    return {
        "x_slack_request_timestamp": str(seconds),
        "x_slack_signature": sign(SECRET, str(seconds), raw),
    }


async def test_slacks_challenge_is_answered_when_it_is_signed() -> None:
    hooks = Hooks(SLACK, {"uses": "slack"})
    raw = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()

    answer = await hooks.post(raw, **slack_headers(raw))
    unsigned = await hooks.post(raw)

    assert (answer.status_code, answer.json()) == (200, {"challenge": "abc"})
    assert unsigned.status_code == 401


async def test_an_old_request_of_slack_is_not_taken_again() -> None:
    hooks = Hooks(SLACK, {"uses": "slack"})

    answer = await hooks.post(b"{}", **slack_headers(b"{}", int(SECONDS) - 301))

    assert answer.status_code == 401
    assert "no signature, or an old one" in answer.json()["error"]


async def test_a_message_of_slack_becomes_an_event_and_its_deletion_retracts_it() -> None:
    hooks = Hooks(SLACK, {"uses": "slack"})
    message = {"type": "message", "channel": "C1", "user": "U", "text": "hi", "ts": "1578225500.1"}
    deletion = {"type": "message", "subtype": "message_deleted", "channel": "C1"}

    for event in (message, deletion | {"deleted_ts": "1578225500.1"}):
        raw = json.dumps({"type": "event_callback", "event": event}).encode()
        assert (await hooks.post(raw, **slack_headers(raw))).status_code == 202

    first, second = hooks.published()
    assert (first.source, first.text, second.retracts) == ("src:C1", "hi", first.id)


async def test_what_cannot_be_taken_is_answered_so_that_nobody_repeats_it() -> None:
    hooks = Hooks()

    no_json = await hooks.post(b"{", **bearer())
    no_text = await hooks.post({"id": "1"}, **bearer())
    no_number = await hooks.post({"text": "x", "lat": "north"}, **bearer())

    assert {each.status_code for each in (no_json, no_text, no_number)} == {202}
    assert "line 1" in no_json.json()["error"]
    assert "title or text" in no_text.json()["error"]
    assert "lat: must be a number" in no_number.json()["error"]


async def test_what_the_mapping_leaves_out_has_no_result() -> None:
    hooks = Hooks(mapping=GENERIC | {"only": "text == 'a'"})

    answer = await hooks.post([{"text": "a"}, {"text": "b"}], **bearer())

    assert len(answer.json()["results"]) == 1
    assert (await hooks.post({"text": "b"}, **bearer())).status_code == 202


async def test_while_kafka_does_not_take_it_the_sender_is_asked_to_repeat() -> None:
    hooks = Hooks(publisher=FakePublisher(deaf=frozenset({0, 1, 2, 3})))

    answer = await hooks.post({"text": "x"}, **bearer())

    assert answer.status_code == 503
    assert "retry-after" in answer.headers


async def test_a_source_has_its_own_limit() -> None:
    hooks = Hooks({"limit": {"reports_per_second": 1}}, limiter=Limiter(clock=lambda: 0.0))

    statuses = [(await hooks.post({"text": "x"}, **bearer())).status_code for _ in range(3)]

    hooks.fields = {"limit": {"reports_per_second": 5}}
    assert statuses == [202, 429, 429]
    assert (await hooks.post({"text": "x"}, **bearer())).status_code == 202


@pytest.mark.parametrize("size", [1024 * 1024 + 1])
async def test_a_large_body_is_refused(size: int) -> None:
    assert (await Hooks().post(b" " * size, **bearer())).status_code == 413
