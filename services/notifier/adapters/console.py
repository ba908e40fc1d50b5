"""The terminal as a receiver: each alert as Slack would show it."""

import threading

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from schemas.alert import Level, Status
from schemas.ledger import Sending
from services.notifier.domain.alert_view import build_view
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.errors import UnreadableHistory
from services.notifier.domain.ports import Notice
from services.notifier.domain.routing.receiver_names import TERMINAL
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.views import AlertView, EvidenceView

COLOURS = {
    Level.INFORMATIONAL: "white",
    Level.LOW: "blue",
    Level.MEDIUM: "yellow",
    Level.HIGH: "dark_orange",
    Level.CRITICAL: "red",
}
ENDED = {Status.RESOLVED: "green", Status.WITHDRAWN: "bright_black"}


class ConsoleReceiver:
    """Implements Receiver on a rich console: one panel for each revision."""

    traits = ReceiverTraits(TERMINAL)

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()

    def send(self, notice: Notice) -> str:
        """Print the panel."""
        with self._lock:
            self._console.print(build_panel(notice))
        return TERMINAL

    def edit(self, handle: str, notice: Notice) -> str:
        """Print another panel: the earlier one stays."""
        self.send(notice)
        return handle

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """Refused: a terminal cannot be read."""
        raise UnreadableHistory(f"{TERMINAL} keeps nothing ({alert_id}, {sending.revision})")

    def check(self) -> None:
        """Nothing: a terminal takes everything."""


def build_panel(notice: Notice) -> Panel:
    """The alert in a frame of its level's colour."""
    view = build_view(notice)
    colour = ENDED.get(notice.alert.status) or COLOURS[notice.alert.level]
    return Panel(
        _build_body(view),
        title=Text(view.headline, style=f"bold {colour}"),
        title_align="left",
        subtitle=Text(view.footer, style="dim"),
        subtitle_align="right",
        border_style=colour,
    )


def _build_body(view: AlertView) -> Group:
    parts: list[RenderableType] = []
    if view.summary:
        parts.append(Text(view.summary, style="bold"))
    parts += [_format_fact(label, text) for label, text in view.facts]
    parts += [_format_evidence(item) for item in view.evidence]
    if view.hidden_count > 0:
        parts.append(Text(f"and {view.hidden_count} more", style="dim"))
    return Group(*parts)


def _format_fact(label: str, text: str) -> Text:
    return Text.assemble((f"{label:<6}", "bold cyan"), text)


def _format_evidence(item: EvidenceView) -> Text:
    line = Text.assemble("• ", (item.title or "", "underline"))
    line.append(f" {item.source} {item.grade} {item.time} ", style="dim")
    line.append(f"{item.role} " if item.role else "", style="dim")
    line.append("NEW " if item.is_new else "", style="bold")
    for run in item.excerpt:
        line.append(run.text, style="bold" if run.bold else "")
    return line
