"""Whatever is posted, the answer is 2xx or 4xx, and it comes."""

import asyncio
import json
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.event import Event
from services.ingest.domain.decoding import CLOUDEVENT, CLOUDEVENTS, JSON, NDJSON
from tests.examples import scale_examples
from tests.fakes import FakePublisher
from tests.ingest.any_values import values
from tests.ingest.builders import client, report

SECONDS = 60  # for an answer that never comes: a busy machine may stand still for some

content_types = st.sampled_from([JSON, NDJSON, CLOUDEVENT, CLOUDEVENTS, "text/plain", f"{JSON};x"])
names = st.sampled_from([*Event.model_fields, "data", "specversion", "time", "bogus"])
bodies = st.dictionaries(names, values, max_size=6)


def answered(raw: bytes, content_type: str, **headers: str) -> httpx.Response:
    async def post() -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with client(FakePublisher()) as ingest:
            sent = {"content-type": content_type} | named
            request = ingest.post("/v1/events", content=raw, headers=sent)
            return await asyncio.wait_for(request, SECONDS)

    return asyncio.run(post())


def spelled(value: Any) -> bytes:
    return json.dumps(value).encode()


@given(raw=st.binary(max_size=200), content_type=content_types)
def test_any_bytes_are_answered(raw: bytes, content_type: str) -> None:
    assert answered(raw, content_type).status_code in range(200, 500)


@given(value=values, content_type=content_types)
def test_any_json_is_answered(value: Any, content_type: str) -> None:
    assert answered(spelled(value), content_type).status_code in range(200, 500)


@given(body=bodies, valid=st.booleans())
@settings(max_examples=scale_examples(300))
def test_any_object_with_an_events_fields_is_answered(body: dict[str, Any], valid: bool) -> None:
    whole = report() | body if valid else body

    response = answered(spelled(whole), JSON)

    assert response.status_code in (202, 400, 422)
    assert response.status_code == 202 or response.json()["error"]


@given(body=bodies, identity=st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_any_binary_cloudevent_is_answered(body: dict[str, Any], identity: str) -> None:
    headers = {"ce_specversion": "1.0", "ce_id": identity, "ce_type": "t", "ce_source": "s"}

    assert answered(spelled(body), JSON, **headers).status_code in range(200, 500)
