"""The terminal as a receiver: each alert as Slack would show it."""

import threading

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from schemas.alert import Level, Status
from schemas.ledger import Sending
from services.notifier.domain.alert_view import AlertView, EvidenceView, build_view
from services.notifier.domain.decide import FoundMessage, ReceiverTraits
from services.notifier.domain.errors import UnreadableHistory
from services.notifier.domain.message import choose_icon
from services.notifier.domain.ports import Notice

NAME = "console"
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

    traits = ReceiverTraits(NAME)

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()

    def send(self, notice: Notice) -> str:
        """Print the panel."""
        with self._lock:
            self._console.print(build_panel(notice))
        return NAME

    def edit(self, handle: str, notice: Notice) -> str:
        """Print another panel: the earlier one stays."""
        self.send(notice)
        return handle

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """Refused: a terminal cannot be read."""
        raise UnreadableHistory(f"{NAME} keeps nothing ({alert_id}, {sending.revision})")

    def check(self) -> None:
        """Nothing: a terminal takes everything."""


def build_panel(notice: Notice) -> Panel:
    """The alert in a frame of its level's colour."""
    view = build_view(notice)
    colour = ENDED.get(notice.alert.status) or COLOURS[notice.alert.level]
    title = Text(f"{choose_icon(notice.alert)} {view.state}", style=f"bold {colour}")
    return Panel(
        _build_body(view),
        title=title,
        title_align="left",
        subtitle=Text(view.footer, style="dim"),
        subtitle_align="right",
        border_style=colour,
    )


def _build_body(view: AlertView) -> Group:
    parts: list[RenderableType] = [Text(view.summary, style="bold")]
    if view.flags:
        parts.append(Text(" · ".join(view.flags), style="bold yellow"))
    parts.append(Text(f"{view.rule} ({view.pack})  {view.group_line}", style="cyan"))
    parts.append(Text(view.explain, style="italic"))
    parts += [_format_evidence(item) for item in view.evidence]
    if view.hidden_count > 0:
        parts.append(Text(f"and {view.hidden_count} more", style="dim"))
    if view.action:
        parts.append(Text.assemble(("Action: ", "bold"), view.action))
    return Group(*parts)


def _format_evidence(item: EvidenceView) -> Text:
    line = Text.assemble("• ", (item.title or "", "underline"))
    line.append(f" {item.source} {item.grade} {item.time} ", style="dim")
    for run in item.excerpt:
        line.append(run.text, style="bold" if run.bold else "")
    return line
