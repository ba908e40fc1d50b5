"""What is good of a file of which a part is at fault: `pack.yaml` and `hypotheses.yaml`."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from schemas.hypothesis import Hypothesis
from schemas.pack import Pack


def default_head(name: str) -> Pack:
    """The head of a pack that says nothing of itself."""
    return _fill_head(name, {})


def salvage_head(value: object, error: ValidationError, name: str) -> Pack:
    """The head without the keys at fault: one bad key does not take the lists that rules name."""
    faulty = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
    keys = value if isinstance(value, dict) else {}
    good = {key: each for key, each in keys.items() if key not in faulty}
    try:
        return _fill_head(name, good)
    except ValidationError:
        return default_head(name)


def _fill_head(name: str, keys: Mapping[str, object]) -> Pack:
    return Pack.model_validate({"title": name, "owner": "unknown", **keys})


def salvage_hypotheses(value: object, error: ValidationError) -> Iterator[tuple[int, Hypothesis]]:
    """The hypotheses that are free of faults, each with its place in the file."""
    faulty = {detail["loc"][1] for detail in error.errors() if len(detail["loc"]) > 1}
    items = value.get("hypotheses") if isinstance(value, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if index not in faulty:
            yield index, Hypothesis.model_validate(item)
