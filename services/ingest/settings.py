"""Environment → settings of this service."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, AnyUrl, Field, StringConstraints, field_validator
from pydantic_core.core_schema import ValidationInfo

from services.environment import Port, RedisUrl, ServiceSettings, check_admin_port
from services.ingest.domain.limits import BYTES_PER_SECOND, CONNECTIONS, REPORTS_PER_SECOND
from services.ingest.domain.stories.join import WINDOW

REDIS_PORT = 6379
Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class IntakeSettings(ServiceSettings):
    """What every process of ingest reads that takes reports."""

    redis_url: Annotated[RedisUrl, Field(repr=False)] = AnyUrl("redis://localhost:6379/0")
    stories_redis_url: Annotated[RedisUrl | None, Field(repr=False)] = None
    stories_days: Annotated[float, Field(gt=0, le=30)] = WINDOW / timedelta(days=1)
    ingest_languages: bool = True
    ingest_reports_per_second: Rate = REPORTS_PER_SECOND
    ingest_bytes_per_second: Rate = BYTES_PER_SECOND

    @field_validator("stories_redis_url", mode="before")
    @classmethod
    def _none_if_empty(cls, value: Any) -> Any:
        return value or None

    @field_validator("stories_redis_url")
    @classmethod
    def _not_the_notifiers(cls, value: AnyUrl | None, info: ValidationInfo) -> AnyUrl | None:
        if value is not None and _server(value) == _server(info.data.get("redis_url")):
            raise ValueError("the server of VEDETTE_REDIS_URL, which must not evict: use another")
        return value


class IngestSettings(IntakeSettings):
    """What ingest reads from its environment."""

    port: Port = 8080
    admin_port: Annotated[Port, AfterValidator(check_admin_port)] = 9080
    watchdog_seconds: Annotated[float, Field(ge=0, le=3600)] = 30.0
    ingest_connections: Annotated[int, Field(ge=1)] = CONNECTIONS
    ingest_open: bool = False
    sources_dir: Path | None = None
    ingest_tokens_file: Annotated[Path | None, Field(validate_default=True)] = None

    @field_validator("ingest_tokens_file", "sources_dir", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @field_validator("ingest_tokens_file")
    @classmethod
    def _required_unless_open(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        others = (info.data.get(name, True) for name in ("ingest_open", "sources_dir"))
        if value is None and not any(others):
            message = "required, unless VEDETTE_SOURCES_DIR has tokens or VEDETTE_INGEST_OPEN=true"
            raise ValueError(f"{message} admits everybody")
        return value


Contact = Annotated[str, StringConstraints(max_length=200, pattern=r"^[\x20-\x27\x2a-\x7e]*$")]
"""ASCII without brackets: it stands inside some, in a header."""


class WorkerSettings(IntakeSettings):
    """What the worker of ingest, which fetches sources, reads from its environment."""

    port: Port = 8081
    sources_dir: Path
    sources_contact: Contact = ""


def _server(url: AnyUrl | None) -> tuple[object, ...]:
    """What two URLs have in common that lead to one server, whatever their database."""
    if url is None:
        return ()
    return (url.path,) if url.scheme == "unix" else (url.host, url.port or REDIS_PORT)
