"""Environment → settings of this service."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from services.environment import ServiceSettings

_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:,\[\]]+):\d{1,5}")


def _addresses(servers: str) -> str:
    for server in servers.split(","):
        if _SERVER.fullmatch(server.strip()) is None:
            raise ValueError(f"{server!r} is not host:port")
    return servers


class Settings(ServiceSettings):
    """What the matcher reads from its environment."""

    kafka_bootstrap_servers: Annotated[str, AfterValidator(_addresses)] = "localhost:9092"
    topic_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,200}$")] = "vedette."
    clock: Literal["wall", "recorded"] = "wall"
    host: str = "0.0.0.0"  # noqa: S104  (a service in a pod is reached from outside)
    port: Annotated[int, Field(ge=1, le=65535)] = 6066
    rules_dir: Path = Path("rules/iraq-2020")
    tick_seconds: Annotated[float, Field(gt=0, le=3600)] = 2.0
