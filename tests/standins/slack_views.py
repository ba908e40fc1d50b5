"""Modals of Slack's stand-in: what `views.open` and `views.update` take, and what people send."""

import time
from dataclasses import dataclass, field
from typing import Any

from tests.standins.server import Json

TRIGGER_SECONDS = 3.0
LONGEST_TITLE = 24
LONGEST_OPTION = 75
LONGEST_HINT = 2000
LONGEST_METADATA = 3000
MOST_BLOCKS = 100
LONGEST_MODAL_TEXT = 3000


class ViewRefused(Exception):
    """The error that Slack answers."""


@dataclass
class SlackViews:
    """The modals that were opened, by id, and the triggers that may open one."""

    shown: dict[str, Json] = field(default_factory=dict)
    triggers: dict[str, float] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    last: int = 0

    def make_trigger(self, age: float = 0.0) -> str:
        """What a press `age` seconds ago gave."""
        trigger = f"{self._count()}.2.secret"
        self.triggers[trigger] = time.time() - age
        return trigger

    def open(self, body: Json) -> Json:
        """Raises ViewRefused."""
        trigger, view = str(body.get("trigger_id", "")), body.get("view") or {}
        if trigger not in self.triggers:
            raise ViewRefused("invalid_trigger_id")
        if trigger in self.used:
            raise ViewRefused("exchanged_trigger_id")
        if time.time() > self.triggers[trigger] + TRIGGER_SECONDS:
            raise ViewRefused("expired_trigger_id")
        check_view(view)
        self.used.add(trigger)
        return self._keep(f"V{self._count()}", view)

    def update(self, body: Json) -> Json:
        """Raises ViewRefused."""
        identity, view = str(body.get("view_id", "")), body.get("view") or {}
        if identity not in self.shown:
            raise ViewRefused("not_found")
        check_view(view)
        return self._keep(identity, view)

    def submit(self, identity: str, **answers: str | None) -> Json:
        """The view that Slack sends once it is filled in; what is not named stays as it was."""
        view = self.shown[identity]
        inputs = [block for block in view["blocks"] if block["type"] == "input"]
        values = {
            block["block_id"]: {
                block["element"]["action_id"]: fill_in(block["element"], answers, block["block_id"])
            }
            for block in inputs
        }
        return view | {"state": {"values": values}}

    def _count(self) -> int:
        self.last += 1
        return self.last

    def _keep(self, identity: str, view: Json) -> Json:
        self.shown[identity] = view | {"id": identity}
        return self.shown[identity]


def fill_in(element: Json, answers: dict[str, Any], name: str) -> Json:
    """The state of an element: as a person chose, or as it was at first."""
    if element["type"] == "plain_text_input":
        return {"type": element["type"], "value": answers.get(name)}
    chosen = answers.get(name, element.get("initial_option", {}).get("value"))
    options = [option for option in element["options"] if option["value"] == chosen]
    return {"type": element["type"], "selected_option": options[0] if options else None}


def check_view(view: Json) -> None:
    """Slack's bounds.

    Raises ViewRefused.
    """
    blocks = view.get("blocks", [])
    inputs = [block for block in blocks if block["type"] == "input"]
    names = [view.get(part, {}).get("text", "") for part in ("title", "submit", "close")]
    is_fit = (
        view.get("type") == "modal"
        and bool(names[0])
        and all(len(name) <= LONGEST_TITLE for name in names)
        and 0 < len(blocks) <= MOST_BLOCKS
        and len(view.get("private_metadata", "")) <= LONGEST_METADATA
        and (bool(names[1]) or not inputs)
        and all(map(_is_input_fit, inputs))
        and all(map(_is_text_fit, blocks))
    )
    if not is_fit:
        raise ViewRefused("invalid_arguments")


def _is_input_fit(block: Json) -> bool:
    options = block["element"].get("options", [])
    texts = [option["text"]["text"] for option in options]
    is_choice = block["element"]["type"] != "plain_text_input"
    is_told = 0 < len(block["label"]["text"]) <= LONGEST_HINT
    is_hinted = len(block.get("hint", {"text": ""})["text"]) <= LONGEST_HINT
    first = block["element"].get("initial_option")
    return (
        is_told
        and is_hinted
        and bool(options) is is_choice
        and all(0 < len(text) <= LONGEST_OPTION for text in texts)
        and (first is None or first in options)
    )


def _is_text_fit(block: Json) -> bool:
    texts = [part["text"] for part in [block.get("text"), *block.get("elements", [])] if part]
    return all(0 < len(text) <= LONGEST_MODAL_TEXT for text in texts)
