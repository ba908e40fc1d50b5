"""Any service that apprise knows as a receiver: e-mail, Teams, Telegram, ntfy and a hundred more.

apprise blocks, and says only whether it worked. So it runs in a thread of its own, and what it does
not explain may have been sent.
"""

import logging
import re
import threading
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from schemas.ledger import Sending
from services.notifier.adapters.http_status import classify_status
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.errors import ReceiverDown, UnknownOutcome, UnreadableHistory
from services.notifier.domain.ports import Notice
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.webhook_message import render_text
from services.report_text import cut_line

STATUS = re.compile(r"\berror=(\d{3})\b")
LONGEST_TITLE = 250
LONGEST_LINE = 1000
MENTIONS = str.maketrans({"@": "\uff20", "<": "\u2039", ">": "\u203a"})
"""Words of reports call nobody, and are no markup, whatever the service makes of text."""


class AppriseReceiver:
    """Implements Receiver: each change is a new message, since apprise edits none.

    `address` is one of apprise's (`ntfy://host/topic`), and a secret: no error has it. Raises
    ValueError where it is none.
    """

    def __init__(self, address: str, name: str, timeout: float) -> None:
        self.traits = ReceiverTraits(name, replays=False, groups=False, edits=False)
        with warnings.catch_warnings():
            # the library reads pictures by a module that Python gives up
            warnings.simplefilter("ignore", DeprecationWarning)
            # loaded here: it takes half a second, which who does not use it does not wait for
            self._library = import_module("apprise")
            self._service = self._open(address, timeout)
        self._timeout = timeout
        self._thread: threading.Thread | None = None

    def send(self, notice: Notice) -> str:
        """Send the message; the handle is the alert's id."""
        if self._thread is not None and self._thread.is_alive():
            raise ReceiverDown("an earlier message still hangs in apprise", is_refusal=False)
        answers: list[Any] = []
        title, *lines = _list_lines(notice)
        body = "\n".join(lines)[: self._service.body_maxlen] or title
        self._thread = threading.Thread(
            target=self._notify, args=(title, body, answers), daemon=True, name=self.traits.name
        )
        self._thread.start()
        self._thread.join(self._timeout)
        self._check(answers)
        return notice.alert.id

    def edit(self, handle: str, notice: Notice) -> str:
        """The same as `send`."""
        del handle
        return self.send(notice)

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """Refused: apprise cannot look. A message in doubt is sent again, marked."""
        raise UnreadableHistory(f"apprise shows no messages ({alert_id}, {sending.revision})")

    def check(self) -> None:
        """Nothing: it cannot be asked without a message."""

    def _open(self, address: str, timeout: float) -> Any:
        silence_log()
        service = self._library.Apprise.instantiate(address, suppress_exceptions=True)
        if service is None:
            raise ValueError("is none that apprise knows: see its list of services")
        service.socket_connect_timeout = service.socket_read_timeout = timeout
        return service

    def _notify(self, title: str, body: str, answers: list[Any]) -> None:
        apprise = self._library.Apprise()
        apprise.add(self._service)
        answers.append(
            apprise.notify(body=body, title=title, body_format="text", timeout=self._timeout)
        )

    def _check(self, answers: list[Any]) -> None:
        """Of what apprise logs the status alone is read: its words may have the address."""
        if not answers:
            raise UnknownOutcome("no answer through apprise")
        if answers[0]:
            return
        statuses = STATUS.findall(" ".join(str(entry.message) for entry in answers[0].logs()))
        if not statuses:
            raise UnknownOutcome("apprise failed without a status")
        raise classify_status("apprise's service", int(statuses[-1]))


def silence_log() -> None:
    """Keep apprise's own log from ours: it may write addresses."""
    log = logging.getLogger("apprise")
    log.addHandler(logging.NullHandler())
    log.propagate = False


def _list_lines(notice: Notice) -> Iterator[str]:
    title, *lines = render_text(notice).split("\n")
    yield cut_line(title.translate(MENTIONS), LONGEST_TITLE)
    yield from (cut_line(line.translate(MENTIONS), LONGEST_LINE) for line in lines)
