import gzip
import json
import time
import zlib

import pytest

from schemas.event import LARGEST_REQUEST
from services.ingest.domain.packed_request import (
    InvalidPacked,
    PackedTooLarge,
    UnsupportedEncoding,
    read_encoding,
    unpack,
)
from tests.fakes import FakePublisher
from tests.ingest.builders import client, report

URL = "/v1/events"
BODY = b'{"text": "Rockets hit the base."}'
RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
PACKED = {
    "gzip": gzip.compress(BODY),
    "x-gzip": gzip.compress(BODY[:5]) + gzip.compress(BODY[5:]),
    "deflate": zlib.compress(BODY),
    "identity": BODY,
}


@pytest.mark.parametrize(("encoding", "packed"), PACKED.items(), ids=PACKED)
def test_a_body_is_unpacked(encoding: str, packed: bytes) -> None:
    assert unpack(packed, encoding) == BODY


def test_deflate_without_the_header_of_zlib_is_unpacked_too() -> None:
    assert unpack(RAW.compress(BODY) + RAW.flush(), "deflate") == BODY


@pytest.mark.parametrize(
    ("given", "encoding"),
    [
        ({}, "identity"),
        ({"content-encoding": " GZIP "}, "gzip"),
        ({"content-encoding": ""}, "identity"),
    ],
)
def test_the_encoding_is_that_of_the_header(given: dict[str, str], encoding: str) -> None:
    assert read_encoding(given) == encoding


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip;q=1"])
def test_another_encoding_is_refused_with_those_that_are_taken(encoding: str) -> None:
    with pytest.raises(UnsupportedEncoding, match="send gzip, deflate or none"):
        read_encoding({"content-encoding": encoding})


def test_a_body_of_exactly_the_bound_is_unpacked_and_a_byte_more_is_not() -> None:
    assert len(unpack(gzip.compress(b" " * LARGEST_REQUEST), "gzip")) == LARGEST_REQUEST
    with pytest.raises(PackedTooLarge):
        unpack(gzip.compress(b" " * (LARGEST_REQUEST + 1)), "gzip")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_refused_at_the_bound(encoding: str) -> None:
    zeros = b"\0" * (256 * 2**20)
    bomb = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)

    began = time.process_time()
    with pytest.raises(PackedTooLarge):
        unpack(bomb, encoding)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "packed",
    [b"not packed", PACKED["gzip"][:-9], PACKED["gzip"][:-4] + b"\0\0\0\0", b"\x1f\x8b"],
    ids=["no gzip", "cut", "checksum", "head"],
)
def test_a_damaged_body_is_refused(packed: bytes) -> None:
    with pytest.raises(InvalidPacked, match=r"^content-encoding gzip: "):
        unpack(packed, "gzip")


def test_many_members_cost_what_their_bytes_do() -> None:
    members = gzip.compress(b"") * (LARGEST_REQUEST // 20)

    began = time.process_time()
    assert unpack(members, "gzip") == b""
    assert time.process_time() - began < 2


async def test_a_packed_body_is_taken() -> None:
    packed = gzip.compress(json.dumps([report(id="a"), report(id="b")]).encode())

    async with client(FakePublisher()) as ingest:
        response = await ingest.post(URL, content=packed, headers={"content-encoding": "gzip"})

    assert response.status_code == 202
    assert len(response.json()["results"]) == 2


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("gzip", gzip.compress(b" " * (LARGEST_REQUEST + 1)), 413),
        ("gzip", b"{}", 400),
        ("br", b"{}", 415),
    ],
    ids=["a bomb", "not packed", "another way"],
)
async def test_a_body_that_cannot_be_unpacked_is_refused(
    encoding: str, body: bytes, status: int
) -> None:
    async with client(FakePublisher()) as ingest:
        response = await ingest.post(URL, content=body, headers={"content-encoding": encoding})

    assert response.status_code == status
    assert response.json()["error"]


async def test_what_a_body_unpacks_to_counts_against_the_limit_of_bytes() -> None:
    packed = gzip.compress(json.dumps(report()).encode().ljust(LARGEST_REQUEST))

    async with client(FakePublisher()) as ingest:
        headers = {"content-encoding": "gzip"}
        statuses = [
            (await ingest.post(URL, content=packed, headers=headers)).status_code for _ in range(4)
        ]

    assert statuses[:2] == [202, 202]
    assert 429 in statuses
