"""Environment → settings of this service."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from services.environment import FetchWait, Port, ServiceSettings


class MatcherSettings(ServiceSettings):
    """What the matcher reads from its environment."""

    dead_letter_limit: Annotated[int, Field(ge=1)] = 100
    kafka_fetch_wait_ms: FetchWait = 500
    port: Port = 6066
    rules_dir: Path = Path("rules/iraq-2020")
    state_store: Literal["memory", "rocksdict"] = "memory"
    state_dir: Annotated[Path | None, Field(validate_default=True)] = None
    tick_seconds: Annotated[float, Field(gt=0, le=3600)] = 2.0

    @field_validator("state_dir")
    @classmethod
    def _is_named_where_it_is_used(cls, folder: Path | None, told: ValidationInfo) -> Path | None:
        if folder is None and told.data.get("state_store") == "rocksdict":
            raise ValueError("VEDETTE_STATE_STORE=rocksdict needs a directory that is kept")
        return folder
