"""Slack's Web API as far as Vedette uses it, on loopback.

In a test: `with SlackStandIn() as slack: … slack.messages`. By itself, for another process:
`python -m tests.standins.slack --port 8090`; `/_control/state` then lists what it received.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tests.standins.faults import ScriptedFault
from tests.standins.main import serve
from tests.standins.server import Call, Json, StandIn, StandInAnswer
from tests.standins.slack_blocks import find_fault
from tests.standins.slack_messages import (
    OWN_BOT,
    OWN_USER,
    PostedEdit,
    PostedMessage,
    is_within,
    show_message,
)
from tests.standins.slack_views import SlackViews, ViewRefused


@dataclass
class _Channels:
    """Names and ids; a name is known once it is used, if no list of known ones is given."""

    known: frozenset[str] | None = None
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in sorted(self.known or {"alerts"}):
            self.resolve(name)

    def resolve(self, given: str) -> str | None:
        if given in self.names:
            return given
        name = given.removeprefix("#")
        if not name or (self.known is not None and name not in self.known):
            return None
        identity = channel_id(name)
        self.names[identity] = name
        return identity


def channel_id(name: str) -> str:
    """The id that the stand-in gives the channel `name`."""
    return "C" + hashlib.sha256(name.encode()).hexdigest()[:10].upper()


class SlackStandIn(StandIn):
    """Records every message and edit.

    `channels`: the names that exist (None: whatever is asked for). `tokens`: the good ones
    (None: any). `scopes` holds what the token may do: without `channels:history` the history
    answers `missing_scope`. `withholds_metadata`: the history shows none. `pace`: how many
    messages a second a channel takes, before it answers 429 (None: any number); `archived`: the
    names of channels that take none.
    """

    def __init__(
        self,
        port: int = 0,
        channels: frozenset[str] | None = None,
        tokens: frozenset[str] | None = None,
        scopes: frozenset[str] = frozenset({"chat:write", "channels:history", "channels:read"}),
    ) -> None:
        super().__init__(port)
        self.messages: list[PostedMessage] = []
        self.scopes = scopes
        self.withholds_metadata = False
        self.pace: float | None = None
        self.archived: set[str] = set()
        self.views = SlackViews()
        self.socket_url: str | None = None
        self._channels = _Channels(channels)
        self._tokens = tokens
        self._last = 0

    def act(self, call: Call) -> StandInAnswer:
        name = call.name.removeprefix("api/")
        acts: dict[str, Callable[[Json], StandInAnswer]] = {
            "api.test": lambda _body: _ok(),
            "auth.test": lambda _body: _ok(user_id=OWN_USER, team_id="T1", bot_id=OWN_BOT),
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.info": self._info,
            "conversations.list": self._list,
            "apps.connections.open": lambda _body: self._open_socket(call),
            "views.open": lambda body: _show(self.views.open, body),
            "views.update": lambda body: _show(self.views.update, body),
        }
        if call.token is None:
            return _no("not_authed")
        if self._tokens is not None and call.token not in self._tokens:
            return _no("invalid_auth")
        with self.lock:
            act = acts.get(name)
            return _no("unknown_method") if act is None else act(_decode(call.body))

    def answer(self, call: Call) -> StandInAnswer | None:
        return super().answer(replace(call, name=call.name.removeprefix("api/")))

    def refusal(self, fault: ScriptedFault) -> StandInAnswer:
        if fault.kind == "error":
            return _no(fault.error)
        return super().refusal(fault)

    def state(self) -> Json:
        with self.lock:
            return {
                "messages": [asdict(message) for message in self.messages],
                "calls": [call.describe() | {"token": None} for call in self.calls],
            }

    def forget(self) -> None:
        self.messages.clear()

    @property
    def roots(self) -> list[PostedMessage]:
        """The messages that are no replies."""
        with self.lock:
            return [message for message in self.messages if message.thread is None]

    def thread(self, root: PostedMessage) -> list[PostedMessage]:
        """The replies in the thread of a message."""
        with self.lock:
            return [message for message in self.messages if message.thread == root.ts]

    def of(self, alert: str) -> list[PostedMessage]:
        """The messages about one alert."""
        with self.lock:
            return [message for message in self.messages if message.alert == alert]

    def post_as(self, user: str, bot: str | None, body: Json) -> None:
        """Have somebody else post what `body` says into the channel that it names."""
        with self.lock:
            channel = self._channels.resolve(str(body["channel"])) or ""
            content = _content(body)
            self.messages.append(
                PostedMessage(self._next_ts(), channel, time.time(), **content, user=user, bot=bot)
            )

    def _post(self, body: Json) -> StandInAnswer:
        channel = self._channels.resolve(str(body.get("channel", "")))
        if channel is None:
            return _no("channel_not_found")
        if self._channels.names[channel] in self.archived:
            return _no("is_archived")
        if self._is_too_fast(channel):
            return StandInAnswer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"})
        fault = find_fault(body)
        if fault is not None:
            return _no(fault)
        thread = body.get("thread_ts")
        if thread and not self._find(channel, thread):
            return _no("thread_not_found")
        message = PostedMessage(
            self._next_ts(),
            channel,
            time.time(),
            **_content(body),
            thread=thread,
            is_broadcast=bool(body.get("reply_broadcast")),
        )
        self.messages.append(message)
        return _ok(ts=message.ts, channel=channel, message=show_message(message, metadata=True))

    def _is_too_fast(self, channel: str) -> bool:
        own = (message.at for message in reversed(self.messages) if message.channel == channel)
        last = next(own, None)
        return self.pace is not None and last is not None and time.time() < last + 1 / self.pace

    def _open_socket(self, call: Call) -> StandInAnswer:
        if not str(call.token).startswith("xapp-"):
            return _no("not_allowed_token_type")
        return _no("internal_error") if self.socket_url is None else _ok(url=self.socket_url)

    def _info(self, body: Json) -> StandInAnswer:
        if "channels:read" not in self.scopes:
            return _no("missing_scope", needed="channels:read")
        name = self._channels.names.get(str(body.get("channel")))
        if name is None:
            return _no("channel_not_found")
        channel = {"id": body["channel"], "name": name, "is_archived": name in self.archived}
        return _ok(channel=channel)

    def _update(self, body: Json) -> StandInAnswer:
        for index, message in enumerate(self.messages):
            if (message.channel, message.ts) == (body.get("channel"), body.get("ts")):
                return self._edit(index, message, body)
        return _no("message_not_found")

    def _edit(self, index: int, message: PostedMessage, body: Json) -> StandInAnswer:
        fault = find_fault(body)
        if fault is not None:
            return _no(fault)
        edit = PostedEdit(time.time(), **_content(body))
        if "metadata" not in body:  # Slack keeps what it has then
            edit = replace(edit, metadata=message.shown.metadata)
        self.messages[index] = replace(message, edits=(*message.edits, edit))
        return _ok(ts=message.ts, channel=message.channel, text=edit.text)

    def _history(self, body: Json) -> StandInAnswer:
        if "channels:history" not in self.scopes:
            return _no("missing_scope", needed="channels:history")
        channel = body.get("channel")
        if channel not in self._channels.names:
            return _no("channel_not_found")
        newest_first = [
            each
            for each in reversed(self.messages)
            if each.channel == channel and (each.thread is None or each.is_broadcast)
        ]
        within = [message for message in newest_first if is_within(message, body)]
        return _page(
            within, body | ({"include_all_metadata": ""} if self.withholds_metadata else {})
        )

    def _replies(self, body: Json) -> StandInAnswer:
        if "channels:history" not in self.scopes:
            return _no("missing_scope", needed="channels:history")
        place = (body.get("channel"), body.get("ts"))
        thread = [each for each in self.messages if (each.channel, each.thread or each.ts) == place]
        return _page(thread, body) if thread else _no("thread_not_found")

    def _find(self, channel: str, ts: str) -> PostedMessage | None:
        found = (each for each in self.messages if (each.channel, each.ts) == (channel, ts))
        return next(found, None)

    def _list(self, body: Json) -> StandInAnswer:
        if "channels:read" not in self.scopes:
            return _no("missing_scope", needed="channels:read")
        channels = [{"id": key, "name": name} for key, name in self._channels.names.items()]
        start = int(body.get("cursor") or 0)
        size = int(body.get("limit") or 100)
        more = str(start + size) if start + size < len(channels) else ""
        return _ok(channels=channels[start : start + size], response_metadata={"next_cursor": more})

    def _next_ts(self) -> str:
        self._last = max(self._last + 1, int((time.time() + self.skew) * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def _ok(**body: Any) -> StandInAnswer:
    return StandInAnswer(200, {"ok": True, **body})


def _no(error: str, **body: Any) -> StandInAnswer:
    return StandInAnswer(200, {"ok": False, "error": error, **body})


def _show(change: Callable[[Json], Json], body: Json) -> StandInAnswer:
    try:
        return _ok(view=change(body))
    except ViewRefused as refused:
        return _no(str(refused))


def _decode(body: Json) -> Json:
    """A form carries its JSON parts as text."""
    parts = {
        key: body[key] for key in ("blocks", "metadata", "view") if isinstance(body.get(key), str)
    }
    return body | {key: json.loads(text) for key, text in parts.items()}


def _content(body: Json) -> Json:
    metadata = body.get("metadata") or None
    return {"text": body.get("text", ""), "blocks": body.get("blocks", []), "metadata": metadata}


def _page(messages: list[PostedMessage], body: Json) -> StandInAnswer:
    start, size = int(body.get("cursor") or 0), int(body.get("limit") or 100)
    more = start + size < len(messages)
    metadata = str(body.get("include_all_metadata", "")).lower() in ("1", "true")
    return _ok(
        messages=[
            show_message(message, metadata=metadata) for message in messages[start : start + size]
        ],
        has_more=more,
        response_metadata={"next_cursor": str(start + size) if more else ""},
    )


if __name__ == "__main__":
    serve(SlackStandIn)
