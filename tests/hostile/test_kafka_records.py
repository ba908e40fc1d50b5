"""Kafka records that are hostile or odd, and what each costs: itself alone."""

from types import ModuleType

import aiokafka.codec
import kafka.codec
import pytest

CLIENTS = [
    pytest.param(aiokafka.codec, id="the matcher's client"),
    pytest.param(kafka.codec, id="the notifier's client"),
]


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
@pytest.mark.parametrize("client", CLIENTS)
def test_records_of_every_codec_are_read(client: ModuleType, codec: str) -> None:
    encode, decode = getattr(client, f"{codec}_encode"), getattr(client, f"{codec}_decode")

    assert decode(encode(b"rockets fell on Taji")) == b"rockets fell on Taji"
