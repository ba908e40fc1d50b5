"""Environment → settings of this service."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, RedisDsn, StringConstraints, field_validator
from pydantic_core.core_schema import ValidationInfo

from services.environment import ServiceSettings

_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:,\[\]]+):\d{1,5}")


def _addresses(servers: str) -> str:
    for server in servers.split(","):
        if _SERVER.fullmatch(server.strip()) is None:
            raise ValueError(f"{server!r} is not host:port")
    return servers


class Settings(ServiceSettings):
    """What ingest reads from its environment."""

    kafka_bootstrap_servers: Annotated[str, AfterValidator(_addresses)] = "localhost:9092"
    topic_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,200}$")] = "vedette."
    clock: Literal["wall", "recorded"] = "wall"
    redis_url: RedisDsn = RedisDsn("redis://localhost:6379/0")
    host: str = "0.0.0.0"  # noqa: S104  (a service in a pod is reached from outside)
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    ingest_open: bool = False
    ingest_tokens_file: Annotated[Path | None, Field(validate_default=True)] = None

    @field_validator("ingest_tokens_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @field_validator("ingest_tokens_file")
    @classmethod
    def _required_unless_open(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is None and not info.data.get("ingest_open", True):
            raise ValueError("required, unless VEDETTE_INGEST_OPEN=true lets everybody in")
        return value
