"""Messages in a channel of Slack's stand-in."""

from dataclasses import dataclass

from tests.standins.server import Json
from tests.standins.slack_blocks import list_texts

OWN_USER, OWN_BOT = "UVEDETTE", "B1"


@dataclass(frozen=True, slots=True)
class PostedEdit:
    """One `chat.update`."""

    at: float
    text: str
    blocks: list[Json]
    metadata: Json | None


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """One message in a channel, as posted, with its edits in order."""

    ts: str
    channel: str
    at: float
    text: str
    blocks: list[Json]
    metadata: Json | None
    user: str = OWN_USER
    bot: str | None = OWN_BOT
    thread: str | None = None
    is_broadcast: bool = False
    edits: tuple[PostedEdit, ...] = ()

    @property
    def shown(self) -> "PostedMessage | PostedEdit":
        """What a reader sees now."""
        return self.edits[-1] if self.edits else self

    @property
    def words(self) -> str:
        """All that a reader sees now, as one text."""
        return "\n".join([self.shown.text, *list_texts(self.shown.blocks)])

    @property
    def alert(self) -> str | None:
        """The alert id in its metadata."""
        payload = (self.shown.metadata or {}).get("event_payload", {})
        alert_id: str | None = payload.get("alert")
        return alert_id


def is_within(message: PostedMessage, body: Json) -> bool:
    """Whether it is of the time that is asked for."""
    oldest, latest = float(body.get("oldest") or 0), float(body.get("latest") or "inf")
    if str(body.get("inclusive", "")).lower() in ("1", "true"):
        return oldest <= float(message.ts) <= latest
    return oldest < float(message.ts) < latest


def show_message(message: PostedMessage, *, metadata: bool) -> Json:
    """The message as Slack's API has it."""
    shown: Json = {"type": "message", "ts": message.ts, "text": message.shown.text}
    shown |= {"blocks": message.shown.blocks, "user": message.user}
    if message.bot is not None:
        shown["bot_id"] = message.bot
    if metadata and message.shown.metadata:
        return {**shown, "metadata": message.shown.metadata}
    return shown
