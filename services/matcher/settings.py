"""Environment → settings of this service."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.environment import FetchWait, Port, ServiceSettings


class Settings(ServiceSettings):
    """What the matcher reads from its environment."""

    kafka_fetch_wait_ms: FetchWait = 500
    port: Port = 6066
    rules_dir: Path = Path("rules/iraq-2020")
    tick_seconds: Annotated[float, Field(gt=0, le=3600)] = 2.0
