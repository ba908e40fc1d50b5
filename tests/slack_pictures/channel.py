"""What stands in the channel after real alerts: each message with the thread under it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.alert import Alert
from services.notifier.adapters.routes_file import parse_routes
from services.notifier.adapters.wall_clock import tell_utc
from services.notifier.domain.group_view import is_alarming
from services.notifier.domain.message import render, render_reply
from services.notifier.domain.ports import Notice
from tests.fakes import FakeReceiver
from tests.notifier.grouping.group_desk import GroupDesk

ALERTS = Path(__file__).parent / "alerts.jsonl"
"""Revisions that the rules of rules/iraq-2020 make of its timeline."""
ROUTES = "{route: {receiver: slack, group_by: [%s], repeat_interval: 1d}}"
EACH, ONE_OF_A_PACK = "'...'", "pack"
A_WHILE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message as Slack has it at last; `replies` are its thread."""

    at: datetime
    body: Mapping[str, Any]
    is_edited: bool = False
    is_broadcast: bool = False
    replies: tuple["SlackMessage", ...] = ()


@dataclass
class DrawnChannel(FakeReceiver):
    """A channel that keeps what Slack is sent."""

    clock: Callable[[], datetime] = tell_utc
    messages: dict[str, SlackMessage] = field(default_factory=dict)

    def send(self, notice: Notice) -> str:
        handle = super().send(notice)
        self.messages[handle] = SlackMessage(self.clock(), render(notice, has_buttons=True))
        return handle

    def edit(self, handle: str, notice: Notice) -> str:
        body = render(notice, has_buttons=True)
        self.messages[handle] = replace(self.messages[handle], body=body, is_edited=True)
        return super().edit(handle, notice)

    def reply(self, handle: str, notice: Notice) -> None:
        super().reply(handle, notice)
        told = SlackMessage(self.clock(), render_reply(notice), is_broadcast=is_alarming(notice))
        thread = (*self.messages[handle].replies, told)
        self.messages[handle] = replace(self.messages[handle], replies=thread)


def show_alerts(alerts: Iterable[Alert], group_by: str) -> SlackMessage:
    """The only message that the channel has after the revisions, each at its time."""
    channel = DrawnChannel()
    desk = GroupDesk(parse_routes("r", (ROUTES % group_by).encode(), ("slack",)), channel)
    channel.clock = desk.clock
    revisions = list(alerts)
    desk.clock.now = revisions[0].updated_at
    for revision in revisions:
        desk.handle_until(revision.updated_at)
        desk.queue(revision)
    desk.handle_until(revisions[-1].updated_at + A_WHILE)
    [message] = channel.messages.values()
    return message
