"""Documents as they come: plain mappings, right unless a test changes them."""

from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.event import Event

NOON = "2020-01-10T12:00:00+00:00"


def body(**changes: Any) -> dict[str, Any]:
    """An event's body."""
    return {"id": "1", "source": "wire", "occurred_at": NOON, "text": "words"} | changes


def event(**changes: Any) -> Event:
    """A valid event."""
    return Event.model_validate(body(**changes))


def detection_rule(**changes: Any) -> dict[str, Any]:
    """A detection rule's document."""
    return {
        "title": "A leader is appointed",
        "name": "leader_appointed",
        "logsource": {"category": "report"},
        "detection": {"selection": {"type": "appoint"}, "condition": "selection"},
    } | changes


def correlation_rule(**changes: Any) -> dict[str, Any]:
    """A correlation rule's document, with `changes` to its correlation section."""
    section = {
        "type": "value_count",
        "rules": ["march_endorsed"],
        "timespan": "7d",
        "condition": {"field": "actor_ids", "gte": 3},
    }
    return {"title": "A joint march", "name": "joint_march", "correlation": section | changes}


def faults(model: type[BaseModel], document: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the document, by the path of the field."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        return {".".join(map(str, fault["loc"])): fault["msg"] for fault in error.errors()}
    return {}
