"""Environment → settings of this service."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from schemas.storm import GROUPS_A_MINUTE
from services.environment import FetchWait, Port, ServiceSettings


class MatcherSettings(ServiceSettings):
    """What the matcher reads from its environment."""

    dead_letter_limit: Annotated[int, Field(ge=1)] = 100
    detect_budget_ms: Annotated[int, Field(ge=1)] = 250
    detect_quota_ms: Annotated[int, Field(ge=1)] = 200
    kafka_fetch_wait_ms: FetchWait = 500
    port: Port = 6066
    rules_dir: Path = Path("rules/iraq-2020")
    storm_groups_per_minute: Annotated[int, Field(ge=1)] = GROUPS_A_MINUTE
    tick_seconds: Annotated[float, Field(gt=0, le=3600)] = 2.0
