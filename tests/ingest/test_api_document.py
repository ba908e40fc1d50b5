"""Ingest does what its API document says: requests made from the document, valid and not."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.examples import scale_examples
from tests.fakes import FakePublisher
from tests.ingest.builders import TOKEN, app


@schemathesis.serializer("application/x-ndjson", "application/ndjson")
def encode_lines(_: schemathesis.SerializationContext, value: str) -> bytes:
    """Lines are a text already."""
    return str(value).encode("utf-8", "surrogatepass")


DOCUMENT = schemathesis.openapi.from_asgi("/openapi.json", app(FakePublisher()))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@DOCUMENT.parametrize()
@settings(
    max_examples=scale_examples(40),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_document_has(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(headers={"authorization": f"Bearer {TOKEN}"}, checks=CHECKS)
