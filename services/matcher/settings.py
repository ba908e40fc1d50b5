"""Environment → settings of this service."""

from pathlib import Path
from typing import Annotated

from pydantic import ByteSize, Field, SecretStr

from schemas.storm import GROUPS_A_MINUTE
from services.environment import FetchWait, Port, ServiceSettings


class MatcherSettings(ServiceSettings):
    """What the matcher reads from its environment."""

    dead_letter_limit: Annotated[int, Field(ge=1)] = 100
    detect_budget_ms: Annotated[int, Field(ge=1)] = 250
    detect_quota_ms: Annotated[int, Field(ge=1)] = 200
    kafka_fetch_wait_ms: FetchWait = 500
    memory_limit: ByteSize | None = None
    """None: that of the container; 0: no memory guard."""
    memory_sample_ms: Annotated[int, Field(ge=1, le=60_000)] = 100
    port: Port = 6066
    rules_dir: Path = Path("rules/iraq-2020")
    storm_groups_per_minute: Annotated[int, Field(ge=1)] = GROUPS_A_MINUTE
    stuck_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 60.0
    tick_seconds: Annotated[float, Field(gt=0, le=3600)] = 2.0


class ReaderServiceSettings(MatcherSettings):
    """What the reader, a process beside the matcher, reads from its environment."""

    port: Port = 6067
    reader_model: Path | None = None
    reader_cache: Path | None = None
    reader_llm_url: Annotated[str, Field(pattern="^https?://[^/]+")] | None = None
    """Without it no language model is asked."""
    reader_llm_model: Annotated[str, Field(min_length=1)] = "default"
    reader_llm_key: SecretStr | None = None
    reader_llm_seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    reader_llm_per_minute: Annotated[int, Field(ge=1, le=6000)] = 30
