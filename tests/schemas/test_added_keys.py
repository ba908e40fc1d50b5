"""A release reads what a later one writes: keys that it does not know change nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from schemas.generate import MODELS, json_schema
from schemas.model import Document

MESSAGES = [name for name, model in MODELS.items() if not issubclass(model, Document)]
DEEPEST = 6
CORRECTED = {"supersedes", "retracts"}
"""Left out: what every field has, the text of `id`, is refused here."""
TEXTS = {"date-time": "2020-01-10T12:00:00Z", "^[A-Z]{2}$": "IQ"}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_with_added_keys_reads_as_without_them(name: str) -> None:
    schema = json_schema(MODELS[name])
    models = schema.get("$defs", {})
    plain = Filler(models).value(schema)
    full = Filler(models, {"added": {"in": "a later release"}}).value(schema)

    read = MODELS[name].model_validate(full)

    assert _objects_with("added", full) >= 1
    assert read == MODELS[name].model_validate(plain)
    assert "added" not in read.model_dump_json()


@pytest.mark.parametrize("name", MESSAGES)
def test_the_schema_of_a_message_allows_added_keys(name: str) -> None:
    assert False not in [
        at.get("additionalProperties") for at in _objects(json_schema(MODELS[name]))
    ]


class Filler:
    """Makes a document with every field of a schema, and `added` in each object of a model."""

    def __init__(self, named: Mapping[str, Any], added: dict[str, Any] | None = None) -> None:
        self._named = named
        self._added = added or {}

    def value(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        """Something that `schema` allows; below `DEEPEST` optional models are left out."""
        if "$ref" in schema:
            return self.value(self._named[schema["$ref"].rpartition("/")[2]], depth)
        if "anyOf" in schema:
            first, last = schema["anyOf"][0], schema["anyOf"][-1]
            return self.value(last if "$ref" in first and depth > DEEPEST else first, depth)
        if "enum" in schema:
            return schema["enum"][0]
        return getattr(self, f"_{schema.get('type', 'null')}")(schema, depth + 1)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        if "properties" not in schema:
            return {"a": self.value(schema["additionalProperties"], depth)}
        fields = schema["properties"].items()
        filled = {name: self.value(of, depth) for name, of in fields if name not in CORRECTED}
        return filled | self._added

    def _array(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        parts = schema.get("prefixItems") or [schema["items"]]
        return [self.value(part, depth) for part in parts]

    def _string(self, schema: Mapping[str, Any], _: int) -> str:
        return TEXTS.get(schema.get("format", schema.get("pattern", "")), "text")

    def _integer(self, schema: Mapping[str, Any], _: int) -> int:
        return int(schema.get("minimum", 1))

    def _number(self, schema: Mapping[str, Any], _: int) -> float:
        return float(schema.get("minimum", 1))

    def _boolean(self, _schema: Mapping[str, Any], _: int) -> bool:
        return True

    def _null(self, _schema: Mapping[str, Any], _: int) -> None:
        return None


def _objects_with(key: str, value: Any) -> int:
    return sum(key in mapping for mapping in _objects(value))


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)
