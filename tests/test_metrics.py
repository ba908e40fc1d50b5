"""What every service says of itself."""

from pathlib import Path
from typing import Annotated

from prometheus_client import REGISTRY
from pydantic import AnyUrl, BaseModel, Field, SecretStr

from services.certificates import read_expiry
from services.metrics import show_process
from tests.parts.tls import make_certificate


class Settings(BaseModel):
    """Some settings of a service, whose address may have a password."""

    partitions: int = 4
    token: SecretStr = SecretStr("a")
    address: Annotated[str, Field(repr=False)] = "redis://user:a@host"


def digest_of(settings: Settings) -> str:
    """The digest that is shown once these settings are."""
    before = shown_digests()
    show_process(settings)
    [digest] = shown_digests() - before or {"shown before"}
    return digest


def shown_digests() -> set[str]:
    return {
        sample.labels["digest"]
        for family in REGISTRY.collect()
        for sample in family.samples
        if "digest" in sample.labels and sample.name.startswith("vedette_configuration")
    }


def test_the_digest_of_settings_tells_them_apart_and_knows_no_secret() -> None:
    digest_of(Settings())

    assert digest_of(Settings(token=SecretStr("b"), address="redis://user:b@host")) == (
        "shown before"
    )
    assert digest_of(Settings(partitions=5)) != "shown before"


class Secured(BaseModel):
    """Settings that name certificates for Kafka and for both Redis."""

    kafka_ca_file: Path
    redis_url: AnyUrl
    stories_redis_url: AnyUrl | None = None


def test_certificates_of_kafka_and_of_redis_are_shown_apart(tmp_path: Path) -> None:
    files = [
        make_certificate(tmp_path / name, days).certificate
        for name, days in (("kafka", 3), ("redis", 5), ("own", 7))
    ]
    kafka, redis, own = files

    url = AnyUrl(f"rediss://host:6379/0?ssl_ca_certs={redis}&ssl_certfile={own}")
    show_process(Secured(kafka_ca_file=kafka, redis_url=url))

    name = "vedette_certificate_expiry_timestamp_seconds"
    shown = [REGISTRY.get_sample_value(name, {"file": str(file)}) for file in files]
    assert shown == [read_expiry(file).timestamp() for file in files]
    assert len(set(shown)) == 3
