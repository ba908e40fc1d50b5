"""What is good of a `pack.yaml` of which a part is at fault."""

from pydantic import ValidationError

from schemas.pack import Pack


def default_head(name: str) -> Pack:
    """The head of a pack that says nothing of itself."""
    return Pack(title=name, owner="unknown")


def salvage_head(value: object, error: ValidationError, name: str) -> Pack:
    """The head without the keys at fault: one bad key does not take the lists that rules name."""
    faulty = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
    keys = value if isinstance(value, dict) else {}
    good = {key: each for key, each in keys.items() if key not in faulty}
    try:
        return Pack.model_validate({"title": name, "owner": "unknown"} | good)
    except ValidationError:
        return default_head(name)
