"""How far a source is read, as text."""

from typing import TypeVar

from pydantic import Field, ValidationError

from schemas.model import Model

P = TypeVar("P", bound=Model)


class FeedPosition(Model):
    """The validators of the last document, and the items seen: short id → digest."""

    etag: str | None = None
    modified: str | None = None
    seen: dict[str, str] = Field(default_factory=dict)


class GdeltPosition(Model):
    """The time of the last file, in 14 digits; empty before the first."""

    stamp: str = ""


class AcledPosition(Model):
    """Times of the last upload and deletion in seconds, 0 before the first; the versions seen."""

    uploaded: int = 0
    deleted: int = 0
    seen: dict[str, str] = Field(default_factory=dict)


def read_position(model: type[P], written: str | None) -> P:
    """The position; one that is missing or cannot be read is the beginning."""
    try:
        return model.model_validate_json(written or "{}")
    except ValidationError:
        return model()
