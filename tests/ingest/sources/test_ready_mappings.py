from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.sources.items import ReportDraft, SkippedItem
from services.ingest.domain.sources.ready_mappings import READY_MAPPINGS
from tests.ingest.any_values import values
from tests.ingest.builders import NOON, context, normalized
from tests.ingest.sources.builders import draft_of, hook, mapped

TELEGRAM: dict[str, Any] = {
    "message_id": 7,
    "date": 1577836800,
    "chat": {"id": -100, "username": "news", "title": "News", "type": "channel"},
    "text": "قصف على التاجي",
}


def test_a_post_of_telegram() -> None:
    assert draft_of({"uses": "telegram"}, {"update_id": 1, "channel_post": TELEGRAM}) == {
        "id": "-100/7",
        "source": "src:@news",
        "text": "قصف على التاجي",
        "published_at": datetime(2020, 1, 1, tzinfo=UTC),
        "url": "https://t.me/news/7",
        "attributes": {"chat": "News"},
    }


def test_an_edited_post_of_telegram_supersedes_the_post() -> None:
    edited = TELEGRAM | {"edit_date": 1577836900, "text": "new"}

    body = draft_of({"uses": "telegram"}, {"edited_channel_post": edited})

    assert (body["id"], body["supersedes"]) == ("-100/7/1577836900", "-100/7")


def test_a_private_chat_of_telegram_and_what_has_no_words() -> None:
    private = TELEGRAM | {"chat": {"id": 5, "type": "private"}, "caption": "c", "text": None}

    assert draft_of({"uses": "telegram"}, {"message": private})["source"] == "src:5"
    assert mapped({"uses": "telegram"}, {"update_id": 1, "my_chat_member": {}}) == []
    [skipped] = mapped({"uses": "telegram"}, {"message": {"chat": {"id": 5}, "message_id": 1}})
    assert isinstance(skipped, SkippedItem)


def slack(**event: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T", "event": {"type": "message"} | event}


def test_a_message_of_slack() -> None:
    message = slack(channel="C1", user="U1", text="see <https://a|it>", ts="1577836800.0002")

    assert draft_of({"uses": "slack"}, message) == {
        "id": "C1/1577836800.0002",
        "source": "src:C1",
        "text": "see it",
        "published_at": datetime(2020, 1, 1, microsecond=200, tzinfo=UTC),
        "attributes": {"user": "U1", "team": "T"},
    }


def test_a_changed_and_a_deleted_message_of_slack() -> None:
    new = {"text": "new", "ts": "1577836800.0002", "user": "U1", "edited": {"ts": "1577836899.0"}}
    changed = slack(subtype="message_changed", channel="C1", ts="1577836900.1", message=new)
    deleted = slack(subtype="message_deleted", channel="C1", deleted_ts="1577836800.0002")

    change, deletion = draft_of({"uses": "slack"}, changed), draft_of({"uses": "slack"}, deleted)

    assert (change["supersedes"], change["text"]) == ("C1/1577836800.0002", "new")
    assert (deletion["retracts"], deletion["id"]) == (
        "C1/1577836800.0002",
        "C1/1577836800.0002/deleted",
    )


@pytest.mark.parametrize(
    "event",
    [
        {"type": "reaction_added"},
        {"subtype": "channel_join", "text": "x"},
        {"subtype": "message_changed", "message": {"text": "a preview"}},
    ],
)
def test_other_events_of_slack_are_left_out(event: dict[str, Any]) -> None:
    [skipped] = mapped({"uses": "slack"}, slack(**event))

    assert isinstance(skipped, SkippedItem)


def test_a_status_of_mastodon() -> None:
    status = {
        "id": "1",
        "created_at": "2020-01-03T00:00:00.000Z",
        "edited_at": None,
        "content": "<p>Rockets hit <b>Taji</b></p>",
        "language": "en",
        "account": {"acct": "a@b"},
        "url": "https://m/1",
        "tags": [{"name": "iraq"}],
    }

    body = draft_of({"uses": "mastodon"}, {"event": "status.created", "object": status})
    edited = draft_of(
        {"uses": "mastodon"},
        {"event": "status.updated", "object": status | {"edited_at": "2020-01-04T00:00:00Z"}},
    )

    assert body == {
        "id": "1",
        "source": "src:@a@b",
        "text": "Rockets hit Taji",
        "language": "en",
        "published_at": datetime(2020, 1, 3, tzinfo=UTC),
        "url": "https://m/1",
        "attributes": {"tags": ["iraq"]},
    }
    assert (edited["id"], edited["supersedes"]) == ("1/2020-01-04T00:00:00Z", "1")


def test_an_own_expression_replaces_that_of_the_ready_mapping() -> None:
    mapping = {"uses": "generic", "fields": {"title": "headline"}}

    assert draft_of(mapping, {"headline": "a", "title": "b", "text": "c"}) == {
        "title": "a",
        "text": "c",
    }


@given(st.sampled_from(sorted(READY_MAPPINGS)), values)
def test_nothing_that_is_sent_to_a_ready_mapping_raises(uses: str, document: object) -> None:
    for item in mapped({"uses": uses}, document):
        assert item.place.startswith("body")


KEYS = st.sampled_from(
    ["channel_post", "chat", "id", "message_id", "date", "text", "event", "object", "type", "ts"]
)
NEAR = st.recursive(values, lambda inner: st.dictionaries(KEYS, inner, max_size=6), max_leaves=12)


@given(st.sampled_from(sorted(READY_MAPPINGS)), NEAR)
def test_nothing_that_looks_like_it_raises_either(uses: str, document: object) -> None:
    for item in mapped({"uses": uses}, document):
        if isinstance(item, ReportDraft):
            hook({"uses": uses})


def test_a_draft_is_a_report_that_ingest_takes() -> None:
    body = draft_of({"uses": "telegram"}, {"channel_post": TELEGRAM})
    reporter = hook({"uses": "telegram"}).make_reporter(frozenset({"src"}))

    event = normalized(body, context(reporter)).event

    assert event.source == "src:@news"
    assert event.source_owner == "src"
    assert event.occurred_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert event.recorded_at == NOON
