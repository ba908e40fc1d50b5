"""The label of a report, as people write it beside the keys of an event."""

from typing import Any

from schemas.model import Document, Name


class WrittenLabel(Document):
    """The keys of a label; those without a meaning here are notes for people."""

    expect: tuple[Name, ...]
    allow: tuple[Name, ...] = ()
    kind: str | None = None
    why: str | None = None
    style: str | None = None
    split: str | None = None
    origin: str | None = None


def split_label(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The keys of a label, and all others."""
    label = {key: value for key, value in body.items() if key in WrittenLabel.model_fields}
    return label, {key: value for key, value in body.items() if key not in label}
