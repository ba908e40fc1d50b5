"""Notices at a receiver: shown in the form that it takes, and told in a thread once."""

from collections.abc import Callable
from dataclasses import replace

from schemas.ledger import Entry
from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.domain.errors import HandleLost, PermanentRefusal
from services.notifier.domain.ports import Notice
from services.telemetry import logger

log = logger(__name__)


def show_notice(show: Callable[[Notice], str], notice: Notice) -> str:
    """Show the notice, in its short form where the receiver refuses the whole one; the handle."""
    try:
        return show(notice)
    except HandleLost:
        raise
    except PermanentRefusal as refusal:
        log.warning("refused, its short form is tried", error=str(refusal))
        return show(replace(notice, short=True))


def reply_once(receiver: MonitoredReceiver, entry: Entry, handle: str, notice: Notice) -> None:
    """Tell the notice in the thread of its message; what may be told already is looked for."""
    if entry.sending is None or not receiver.has_reply(handle, notice):
        receiver.reply(handle, notice)
