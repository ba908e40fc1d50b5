"""The generated documents: fresh, and right in their structure."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas import asyncapi
from schemas.__main__ import HERE, generated
from schemas.generate import MODELS, json_documents, json_schema
from schemas.model import Document
from schemas.topics import TOPICS

DOCUMENT = asyncapi.document()


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_a_generated_file_is_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated()[path], "run `make generate`"


def test_no_generated_file_is_left_over() -> None:
    assert {path.name for path in (HERE / "json").iterdir()} == json_documents().keys()


def test_generating_twice_gives_the_same() -> None:
    assert generated() == generated()


@pytest.mark.parametrize("name", MODELS)
def test_a_schema_has_its_dialect_and_that_of_a_document_refuses_unknown_keys(name: str) -> None:
    schema = json_schema(MODELS[name])

    top = _at(schema, schema["$ref"]) if "$ref" in schema else schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    if issubclass(MODELS[name], Document):
        assert top["additionalProperties"] is False


def test_time_spans_are_described_as_rule_files_write_them() -> None:
    section = json_schema(MODELS["correlation-rule"])["$defs"]["Correlation"]["properties"]

    assert section["timespan"]["pattern"] == "^[0-9]+[smhdwMy]$"
    assert section["max_lateness"]["default"] == "72h"


def test_the_topics_document_has_what_asyncapi_3_requires() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    assert all({"host", "protocol"} <= server.keys() for server in DOCUMENT["servers"].values())
    assert all(each["action"] in {"send", "receive"} for each in DOCUMENT["operations"].values())
    assert all("channel" in each for each in DOCUMENT["operations"].values())


def test_every_topic_is_a_channel_with_its_address_and_how_it_is_kept() -> None:
    channels = DOCUMENT["channels"]

    assert {each["address"] for each in channels.values()} == {f"vedette.{t.name}" for t in TOPICS}
    assert all(each["bindings"]["kafka"]["topicConfiguration"] for each in channels.values())


def test_every_reference_leads_somewhere() -> None:
    references = set(_references(DOCUMENT))

    assert references
    for reference in references:
        if reference.startswith("#"):
            _at(DOCUMENT, reference)
        else:
            assert (HERE / reference).is_file()


def test_an_operation_names_only_messages_of_its_channel() -> None:
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(
            each["$ref"].startswith(f"{channel}/messages/") for each in operation["messages"]
        )


def test_the_written_document_reads_back_as_the_same() -> None:
    assert yaml.safe_load(asyncapi.text()) == DOCUMENT


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if "$ref" in value:
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _references(item)


def _at(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document
