"""The modal in Slack in which a person silences what an alert is of.

Words of reports are plain text in it, where no character has a meaning.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from schemas.alert import Alert
from schemas.silence import LONGEST_REASON, Silence
from services.notifier.domain.routing.labels import GROUP_PREFIX
from services.notifier.domain.routing.matchers import LabelMatcher, Operator, parse_matchers
from services.notifier.domain.slack_blocks import Block, plain
from services.notifier.domain.watch.silences.approval import needs_approval
from services.notifier.domain.watch.silences.preview import SilencePreview
from services.report_text import clean_line, cut_line

CALLBACK = "vedette.silence"
LONGEST_OPTION = 75
LONGEST_TEXT = 2000
LONGEST_ERROR = 300
DURATIONS = {
    "30m": "30 minutes",
    "1h": "1 hour",
    "2h": "2 hours",
    "4h": "4 hours",
    "8h": "8 hours",
    "24h": "24 hours",
    "7d": "7 days",
}
APPROVAL = "Critical alerts are hidden for 30 minutes at most, until a second person approves."


class ModalField(StrEnum):
    """What the person fills in; the ids of blocks."""

    SCOPE = "scope"
    DURATION = "duration"
    REASON = "reason"


FIELDS = {"reason": ModalField.REASON, "ends_at": ModalField.DURATION}
"""Where a fault of a request is shown; others stand at the top."""


class SilenceScope(StrEnum):
    """How much is silenced."""

    GROUP = "group"
    RULE = "rule"


def list_scopes(alert: Alert) -> list[SilenceScope]:
    """What may be chosen: the group, if there is one that matchers can name, or the whole rule."""
    return [scope for scope in SilenceScope if _can_name(alert, scope)]


def write_matchers(alert: Alert, scope: SilenceScope) -> tuple[str, ...]:
    """The matchers of such a silence; drills and real alerts never silence each other."""
    return tuple(map(str, _match(alert, scope)))


def build_modal(alert: Alert, preview: SilencePreview | None = None) -> dict[str, Any]:
    """The modal to fill in; `preview`: what the first scope would hide, once it is counted."""
    options = [_describe_scope(alert, scope) for scope in list_scopes(alert)]
    durations = [_option(value, text) for value, text in DURATIONS.items()]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": alert.id,
        "title": plain("Silence"),
        "submit": plain("Silence"),
        "close": plain("Cancel"),
        "blocks": [
            _input(ModalField.SCOPE, "What", _choose("radio_buttons", options)),
            _context(_describe_preview(preview)),
            _input(
                ModalField.DURATION, "For how long", _choose("static_select", durations), APPROVAL
            ),
            _input(ModalField.REASON, "Reason", _REASON, "Whoever takes over from you reads it."),
        ],
    }


def build_confirmation(silence: Silence) -> dict[str, Any]:
    """What the modal says once the silence is made."""
    lines = [
        f"Silenced until {silence.ends_at:%Y-%m-%d %H:%M}Z.",
        ", ".join(map(clean_line, silence.matchers)),
        f"To end it: vedette silences expire {silence.id}",
    ]
    if needs_approval(silence):
        lines.append(f"{APPROVAL} To approve: vedette silences approve {silence.id}")
    blocks = [
        {"type": "section", "text": plain(cut_line(line, LONGEST_TEXT))} for line in lines if line
    ]
    view = {"type": "modal", "title": plain("Silenced"), "close": plain("Close")}
    return view | {"blocks": blocks}


def build_errors(field: str, message: str) -> dict[str, Any]:
    """The answer to a submission that is refused: the fault under what it is about."""
    place = FIELDS.get(field, ModalField.SCOPE)
    errors = {place.value: cut_line(clean_line(message), LONGEST_ERROR)}
    return {"response_action": "errors", "errors": errors}


def _match(alert: Alert, scope: SilenceScope) -> Iterator[LabelMatcher]:
    labels = {"pack": alert.pack, "rule": alert.rule.name, "exercise": str(alert.exercise).lower()}
    if scope is SilenceScope.GROUP:
        labels |= {f"{GROUP_PREFIX}{name}": value for name, value in sorted(alert.group.items())}
    return (LabelMatcher(name, Operator.EQUAL, value) for name, value in labels.items())


def _can_name(alert: Alert, scope: SilenceScope) -> bool:
    if scope is SilenceScope.RULE:
        return True
    wanted = tuple(_match(alert, scope))
    try:
        read = tuple(each for matcher in wanted for each in parse_matchers(str(matcher)))
    except ValueError:
        return False
    return bool(alert.group) and read == wanted


def _describe_scope(alert: Alert, scope: SilenceScope) -> Block:
    title = clean_line(alert.rule.title)
    group = ", ".join(f"{name}: {value}" for name, value in sorted(alert.group.items()))
    text = clean_line(group) if scope is SilenceScope.GROUP else f"All of {title}"
    return _option(scope.value, cut_line(text, LONGEST_OPTION))


def _describe_preview(preview: SilencePreview | None) -> str:
    if preview is None:
        return "Counting what it would hide…"
    critical = f", {preview.critical_count} of them critical" if preview.critical_count else ""
    return f"It would hide {preview.firing_count} now, {preview.week_count} last week{critical}."


def _input(field: ModalField, label: str, element: Block, hint: str = "") -> Block:
    block = {
        "type": "input",
        "block_id": field.value,
        "label": plain(label),
        "element": element,
    }
    return block | ({"hint": plain(hint)} if hint else {})


def _choose(kind: str, options: list[Block]) -> Block:
    return {"type": kind, "action_id": "choice", "options": options, "initial_option": options[0]}


def _option(value: str, text: str) -> Block:
    return {"text": plain(text), "value": value}


def _context(text: str) -> Block:
    return {"type": "context", "block_id": "preview", "elements": [plain(text)]}


_REASON = {
    "type": "plain_text_input",
    "action_id": "words",
    "multiline": True,
    "min_length": 1,
    "max_length": LONGEST_REASON,
}
