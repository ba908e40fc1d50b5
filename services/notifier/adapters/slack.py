"""Slack as a receiver: posts, edits, and looks for what it may have posted."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.request import proxy_bypass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from schemas.ledger import Sending
from services.notifier.adapters.slack_errors import meaning, of_connection
from services.notifier.domain.decide import FoundMessage, ReceiverTraits
from services.notifier.domain.errors import (
    HandleLost,
    PermanentRefusal,
    RetryableError,
    UnknownOutcome,
    UnreadableHistory,
)
from services.notifier.domain.message import EVENT_TYPE, render
from services.notifier.domain.ports import Notice
from services.notifier.domain.route import CHANNEL

SKEW = timedelta(minutes=5)
PAGE = 200
MOST_PAGES = 25
CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{8,}")
LOST = frozenset({"message_not_found", "edit_window_closed", "cant_update_message"})
CONNECTION_ERRORS = (URLError, OSError, HTTPException)
WATCH = ReceiverTraits(CHANNEL)


class SlackReceiver:
    """Implements Receiver for one channel, given by name or by id.

    Each name in `traits` has a queue and a log of its own.
    """

    def __init__(
        self, web: tuple[str, str, int], channel: str, traits: ReceiverTraits = WATCH
    ) -> None:
        """`web` is the token, the API's address, and the time-out in seconds."""
        token, api_url, timeout = web
        self.traits = traits
        # our queue is the one that retries: the client's own would post twice
        self._web = WebClient(token, base_url=api_url, timeout=timeout, retry_handlers=[])
        if self._web.proxy and proxy_bypass(self._web.base_url.split("/")[2]):
            self._web.proxy = None
        self._channel = channel
        self._id = channel if CHANNEL_ID.fullmatch(channel) else None

    def send(self, notice: Notice) -> str:
        """Post a message; the handle is its channel and `ts`."""
        done = self._call(
            "chat.postMessage",
            {
                "channel": self._channel,
                "unfurl_links": False,
                "unfurl_media": False,
                **render(notice),
            },
        )
        self._id = done["channel"]
        return _handle(done["channel"], done["ts"])

    def edit(self, handle: str, notice: Notice) -> str:
        """Edit the message in place."""
        try:
            self._call("chat.update", {**json.loads(handle), **render(notice)})
        except PermanentRefusal as refusal:
            if str(refusal).partition(":")[0] in LOST:
                raise HandleLost(str(refusal)) from None
            raise
        return handle

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """Look through the channel's history around the time of the send."""
        channel = self._id or self._resolve() or self._channel
        oldest, latest = sending.since - SKEW, sending.settles_at + SKEW
        for page in self._pages(channel, oldest, latest):
            for message in page:
                found_message = _sighting(alert_id, channel, message)
                if found_message is not None:
                    self._id = channel
                    return found_message
        return None

    def _pages(
        self, channel: str, oldest: datetime, latest: datetime
    ) -> Iterator[list[dict[str, Any]]]:
        cursor = ""
        for _ in range(MOST_PAGES):
            page = self._read(
                "conversations.history",
                {
                    "channel": channel,
                    "oldest": f"{oldest.timestamp():.6f}",
                    "latest": f"{latest.timestamp():.6f}",
                    "inclusive": True,
                    "include_all_metadata": True,
                    "limit": PAGE,
                    **_from(cursor),
                },
            )
            yield page["messages"]
            cursor = _next(page)
            if not cursor:
                return
        raise UnreadableHistory("too many messages in the channel to look through")

    def _resolve(self) -> str | None:
        """The channel's id by its name, which history wants."""
        name, cursor = self._channel.removeprefix("#"), ""
        kinds = "public_channel,private_channel"
        for _ in range(MOST_PAGES):
            body = {"limit": PAGE, "exclude_archived": True, "types": kinds}
            try:
                page = self._read("conversations.list", body | _from(cursor))
            except UnreadableHistory:
                return None
            for channel in page["channels"]:
                if channel["name"] == name:
                    return str(channel["id"])
            cursor = _next(page)
            if not cursor:
                return None
        return None

    def _read(self, method: str, body: dict[str, Any]) -> SlackResponse:
        try:
            return self._call(method, body, form=True)
        except UnknownOutcome as error:
            raise RetryableError(str(error)) from None
        except PermanentRefusal as refusal:
            raise UnreadableHistory(str(refusal)) from None

    def _call(self, method: str, body: dict[str, Any], *, form: bool = False) -> SlackResponse:
        try:
            if form:
                return self._web.api_call(method, params=body)
            return self._web.api_call(method, json=body)
        except SlackApiError as error:
            raise meaning(error.response) from None
        except SlackClientError as error:
            raise PermanentRefusal(f"{method}: {error}") from None
        except CONNECTION_ERRORS as error:
            raise of_connection(error) from None


def _handle(channel: str, ts: str) -> str:
    return json.dumps({"channel": channel, "ts": ts})


def _from(cursor: str) -> dict[str, str]:
    return {"cursor": cursor} if cursor else {}


def _next(page: SlackResponse) -> str:
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")


def _sighting(alert_id: str, channel: str, message: dict[str, Any]) -> FoundMessage | None:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if metadata.get("event_type") != EVENT_TYPE or payload.get("alert") != alert_id:
        return None
    return FoundMessage(int(payload["revision"]), _handle(channel, message["ts"]))
