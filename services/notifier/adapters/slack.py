"""Slack as a receiver: posts, edits, and finds messages that it may have posted."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.web import SlackResponse

from schemas.ledger import Sending
from services.notifier.adapters.slack_errors import find_header
from services.notifier.adapters.slack_web import Clock, SlackApi, SlackWeb
from services.notifier.adapters.wall_clock import tell_utc
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.errors import (
    HandleLost,
    PermanentRefusal,
    ReceiverDown,
    RetryableError,
    UnknownOutcome,
    UnreadableHistory,
)
from services.notifier.domain.group_view import is_alarming
from services.notifier.domain.message import EVENT_TYPE, build_reply_payload, render, render_reply
from services.notifier.domain.ports import Notice
from services.notifier.domain.routing.receiver_names import CHANNEL
from services.notifier.domain.traits import ReceiverTraits

DRIFT = timedelta(hours=1)
"""How far our clock and Slack's may have moved apart between a send and its search."""
PAGE = 200
MOST_PAGES = 40
"""A channel takes one message a second: more than it holds of twice the drift."""
OWN = {"user": "user_id", "bot_id": "bot_id"}
"""The author of a message, and what `auth.test` calls it."""
CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{8,}")
LOST = frozenset(
    {"message_not_found", "edit_window_closed", "cant_update_message", "thread_not_found"}
)
WATCH = ReceiverTraits(CHANNEL)


class SlackReceiver:
    """Implements Receiver for one channel, given by name or by id."""

    def __init__(
        self, api: SlackApi, channel: str, traits: ReceiverTraits = WATCH, clock: Clock = tell_utc
    ) -> None:
        self.traits = traits
        self._web = SlackWeb(api, clock)
        self._channel = channel
        self._clock = clock
        self._has_buttons = api.has_buttons
        self._id = channel if CHANNEL_ID.fullmatch(channel) else None

    def send(self, notice: Notice) -> str:
        """Post a message; the handle is its channel and `ts`."""
        body = {"channel": self._channel, "unfurl_links": False, "unfurl_media": False}
        posted = self._web.call("chat.postMessage", body | self._render(notice))
        self._id = posted["channel"]
        return _encode_handle(posted["channel"], posted["ts"])

    def edit(self, handle: str, notice: Notice) -> str:
        """Edit the message in place."""
        try:
            self._web.call("chat.update", _decode_handle(handle) | self._render(notice))
        except PermanentRefusal as refusal:
            if str(refusal).partition(":")[0] in LOST:
                raise HandleLost(str(refusal)) from None
            raise
        return handle

    def reply(self, handle: str, notice: Notice) -> None:
        """Post the changes into the thread; what is alarming into the channel too."""
        place = _decode_handle(handle)
        thread = {"channel": place["channel"], "thread_ts": place["ts"], "unfurl_links": False}
        body = thread | {"reply_broadcast": is_alarming(notice)} | render_reply(notice)
        try:
            self._web.call("chat.postMessage", body)
        except PermanentRefusal as refusal:
            if str(refusal).partition(":")[0] in LOST:
                raise HandleLost(str(refusal)) from None
            self._web.call("chat.postMessage", body | {"blocks": []})

    def has_reply(self, handle: str, notice: Notice) -> bool:
        """Search the thread for the reply of this revision; it is ours by its metadata."""
        body = _decode_handle(handle) | {"include_all_metadata": True}
        with suppress(UnreadableHistory):
            own = _name_author(self._read("auth.test", {}))
            return any(
                _is_ours(message, own) and _is_reply(message, notice)
                for page in self._read_pages("conversations.replies", body)
                for message in page["messages"]
            )
        return False

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """Search our messages in the channel's history around the time of the send."""
        identity = self._read("auth.test", {})
        own = _name_author(identity)
        channel = self._id or self._find_channel_id() or self._channel
        oldest, latest = _find_window(sending, self._measure_skew(identity))
        messages: list[dict[str, Any]] = []
        for page in self._read_history(channel, oldest, latest):
            ours = [message for message in page["messages"] if _is_ours(message, own)]
            for message in ours:
                own_message = _match_message(alert_id, channel, message)
                if own_message is not None:
                    self._id = channel
                    return own_message
            messages += ours
        if _is_metadata_withheld(messages):
            raise UnreadableHistory("conversations.history shows no message's metadata")
        return None

    def check(self) -> None:
        """Ask who the token belongs to, and, once its id is known, for the channel."""
        self._web.call("auth.test", {}, form=True)
        if self._id is None:
            return
        try:
            body = {"channel": self._id}
            channel = self._web.call("conversations.info", body, form=True)["channel"]
        except ReceiverDown as fault:
            if not str(fault).startswith("missing_scope"):
                raise
        else:
            if channel.get("is_archived"):
                raise ReceiverDown("is_archived")

    def _render(self, notice: Notice) -> dict[str, Any]:
        return render(notice, has_buttons=self._has_buttons)

    def _measure_skew(self, answer: SlackResponse) -> timedelta:
        """How far Slack's clock is ahead of ours, by the date of its answer."""
        try:
            return parsedate_to_datetime(find_header(answer, "date") or "") - self._clock()
        except (TypeError, ValueError):
            raise UnreadableHistory("Slack's answer has no date") from None

    def _read_history(
        self, channel: str, oldest: datetime, latest: datetime
    ) -> Iterator[SlackResponse]:
        body = {
            "channel": channel,
            "oldest": f"{oldest.timestamp():.6f}",
            "latest": f"{latest.timestamp():.6f}",
            "inclusive": True,
            "include_all_metadata": True,
        }
        yield from self._read_pages("conversations.history", body)

    def _find_channel_id(self) -> str | None:
        """The id of the channel's name, as the history needs it, or None."""
        name = self._channel.removeprefix("#")
        body = {"exclude_archived": True, "types": "public_channel,private_channel"}
        with suppress(UnreadableHistory):
            for page in self._read_pages("conversations.list", body):
                for channel in page["channels"]:
                    if channel["name"] == name:
                        return str(channel["id"])
        return None

    def _read_pages(self, method: str, body: dict[str, Any]) -> Iterator[SlackResponse]:
        cursor: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            page = self._read(method, {"limit": PAGE} | body | cursor)
            yield page
            following = (page.get("response_metadata") or {}).get("next_cursor")
            if not following:
                return
            cursor = {"cursor": str(following)}
        raise UnreadableHistory(f"{method}: more than {MOST_PAGES} pages")

    def _read(self, method: str, body: dict[str, Any]) -> SlackResponse:
        try:
            return self._web.call(method, body, form=True)
        except UnknownOutcome as error:
            raise RetryableError(str(error)) from None
        except ReceiverDown as fault:
            if not fault.is_refusal:
                raise
            raise UnreadableHistory(str(fault)) from None
        except PermanentRefusal as refusal:
            raise UnreadableHistory(str(refusal)) from None


def _encode_handle(channel: str, ts: str) -> str:
    return json.dumps({"channel": channel, "ts": ts})


def _decode_handle(handle: str) -> dict[str, Any]:
    read = json.loads(handle)
    return {"channel": read["channel"], "ts": read["ts"]}


def _find_window(sending: Sending, skew: timedelta) -> tuple[datetime, datetime]:
    """Between which times, of Slack's clock, a message of the send may have its `ts`."""
    oldest = sending.since + min(skew, timedelta(0)) - DRIFT
    return oldest, sending.settles_at + max(skew, timedelta(0)) + DRIFT


def _name_author(identity: SlackResponse) -> dict[str, str | None]:
    return {key: identity.get(name) for key, name in OWN.items()}


def _is_reply(message: dict[str, Any], notice: Notice) -> bool:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return bool(payload == build_reply_payload(notice))


def _is_ours(message: dict[str, Any], own: Mapping[str, str | None]) -> bool:
    """Whether our bot wrote it: anybody in the channel may post metadata like ours."""
    return any(identity and message.get(key) == identity for key, identity in own.items())


def _match_message(alert_id: str, channel: str, message: dict[str, Any]) -> FoundMessage | None:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if metadata.get("event_type") != EVENT_TYPE or payload.get("alert") != alert_id:
        return None
    return FoundMessage(int(payload["revision"]), _encode_handle(channel, message["ts"]))


def _is_metadata_withheld(messages: list[dict[str, Any]]) -> bool:
    """Whether ours are there, and none with the metadata that each was posted with."""
    return bool(messages) and not any(message.get("metadata") for message in messages)
