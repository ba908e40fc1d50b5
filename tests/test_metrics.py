"""What every service says of itself."""

from typing import Annotated

from prometheus_client import REGISTRY
from pydantic import BaseModel, Field, SecretStr

from services.metrics import show_process


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
