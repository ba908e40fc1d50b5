"""What only the webhook does: its signature, its keys, and the form of its messages."""

import inspect
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from schemas.alert import Alert, Status
from schemas.ledger import Entry
from services.notifier.adapters.webhook import WebhookReceiver, sign_webhook
from services.notifier.domain.entry import record_sent
from services.notifier.domain.errors import PermanentRefusal, ReceiverDown, UnreadableHistory
from services.notifier.domain.ports import Notice
from services.notifier.domain.webhook_message import LARGEST_BODY, build_body, make_key
from tests.notifier.alerts import NOON, alert, evidence
from tests.notifier.receivers import NOTICE, PATIENT, SECRET, close_receiver, doubt, webhook_at
from tests.standins.webhook import HOOK, WebhookStandIn, verify

DOCS = Path(__file__).parents[2] / "docs" / "webhook.md"
AT = NOON.timestamp()
BODY = b'{"alert": {}}'


@pytest.fixture
def hook() -> Iterator[WebhookStandIn]:
    with WebhookStandIn(SECRET) as standin:
        yield standin


def signed(**changes: str) -> dict[str, str]:
    """The headers of a request with BODY."""
    timestamp = str(int(AT))
    signature = sign_webhook(SECRET, timestamp, BODY)
    return {"X-Vedette-Timestamp": timestamp, "X-Vedette-Signature": signature} | changes


def read(notice: Notice) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(build_body(notice))
    return document


def test_the_docs_verify_as_the_stand_in_does() -> None:
    assert inspect.getsource(verify) in DOCS.read_text()


def test_a_signed_request_is_verified() -> None:
    assert verify(SECRET, signed(), BODY, AT)


@pytest.mark.parametrize(
    ("headers", "body", "now"),
    [
        (signed(), b'{"alert": 1}', AT),
        (signed(), BODY, AT + 301),
        (signed(), BODY, AT - 301),
        (signed(**{"X-Vedette-Timestamp": str(int(AT) + 1)}), BODY, AT),
        (signed(**{"X-Vedette-Timestamp": "\u0663"}), BODY, AT),
        (signed(**{"X-Vedette-Signature": "v1="}), BODY, AT),
        (signed(**{"X-Vedette-Signature": "\u00fc"}), BODY, AT),
        ({}, BODY, AT),
    ],
    ids=["body", "old", "from ahead", "time", "digits", "empty", "letters", "none"],
)
def test_what_is_not_as_it_was_signed_is_refused(
    headers: dict[str, str], body: bytes, now: float
) -> None:
    assert not verify(SECRET, headers, body, now)


def test_another_secret_signs_nothing(hook: WebhookStandIn) -> None:
    stranger = WebhookReceiver(
        SecretStr(f"{hook.url}/{HOOK}"), SecretStr("another secret"), PATIENT
    )

    with pytest.raises(ReceiverDown, match="401"):
        stranger.send(NOTICE)
    close_receiver(stranger)


def test_the_alert_is_sent_in_its_published_form(hook: WebhookStandIn) -> None:
    shown = alert(action="Call the embassy.")
    receiver = webhook_at(hook.url)
    receiver.send(Notice(shown))
    close_receiver(receiver)

    (message,) = hook.messages.values()
    assert Alert.model_validate_json(json.dumps(message["alert"])) == shown
    assert "DO    Call the embassy." in message["text"].splitlines()


def test_each_revision_is_a_message_and_a_repeat_is_none(hook: WebhookStandIn) -> None:
    receiver = webhook_at(hook.url)
    handle = receiver.send(NOTICE)
    receiver.send(NOTICE)

    receiver.edit(handle, Notice(alert(revision=2, status=Status.RESOLVED)))
    close_receiver(receiver)

    assert list(hook.messages) == ["a1.1", "a1.2"]


def test_a_revision_that_is_told_again_has_another_key() -> None:
    shown = record_sent(Entry(), alert(), "a1", NOON)
    later = record_sent(shown, alert(), "a1", NOON + timedelta(hours=4))

    keys = [make_key(Notice(alert(), before=before)) for before in (Entry(), shown, later)]

    assert len(set(keys)) == len(keys)
    assert make_key(Notice(alert(revision=2), before=shown)) == "a1.2"


def test_an_id_of_any_letters_is_a_header() -> None:
    assert make_key(Notice(alert("ü\r\nX: 1"))).isascii()
    assert "\n" not in make_key(Notice(alert("ü\r\nX: 1")))


def test_a_redirect_is_not_followed(hook: WebhookStandIn) -> None:
    receiver = webhook_at(hook.url)
    hook.script_fault("status", status=307, call=HOOK)

    with pytest.raises(ReceiverDown, match="307"):
        receiver.send(NOTICE)
    close_receiver(receiver)

    assert len(hook.calls) == 1


@pytest.mark.parametrize("url", ["https://", "http://[::1", "http://h:99999999/"])
def test_an_address_that_is_none_sent_nothing(url: str) -> None:
    receiver = WebhookReceiver(SecretStr(url), SecretStr(SECRET), timeout=1)

    with pytest.raises(ReceiverDown):
        receiver.send(NOTICE)
    close_receiver(receiver)


def test_what_is_too_large_loses_its_last_evidence() -> None:
    many = tuple(evidence(number, excerpt="é" * 10_000) for number in range(20))

    document = read(Notice(alert(evidence=many, evidence_count=20)))

    kept = [piece["event_id"] for piece in document["alert"]["evidence"]]
    assert kept == [f"e{number}" for number in range(len(kept))]
    assert 5 < len(kept) < 20
    assert document["alert"]["evidence_count"] == 20
    assert len(build_body(Notice(alert(evidence=many)))) <= LARGEST_BODY


def test_what_is_too_large_without_evidence_is_refused() -> None:
    with pytest.raises(PermanentRefusal, match=f"{LARGEST_BODY} may be sent"):
        build_body(Notice(alert(explain="é" * LARGEST_BODY)))


def test_the_short_form_has_no_evidence() -> None:
    document = read(Notice(alert(), short=True))

    assert document["alert"]["evidence"] == []
    assert len(document["text"].splitlines()) == 1


def test_the_webhook_cannot_be_searched() -> None:
    with pytest.raises(UnreadableHistory):
        webhook_at("http://h").find("a1", doubt(0))
