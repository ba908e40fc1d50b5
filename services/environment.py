"""Environment → settings, for all services."""

import os
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AnyUrl,
    Field,
    SecretStr,
    StringConstraints,
    UrlConstraints,
    ValidationError,
    ValidationInfo,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.error_messages import describe_error
from services.followed_secret import Check, FollowedSecret, read_secret
from services.kafka_settings import KafkaSettings
from services.variables import FOR_TESTS, FROM_FILE, KNOWN, PREFIX, SECRETS


class InvalidEnvironment(Exception):
    """The environment is invalid; the message names each variable at fault.

    `faults` has a text for each, which begins with the variable.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def _check_redis(url: AnyUrl) -> AnyUrl:
    """Refuse an address that the client would find unusable only when it connects."""
    for name, path in url.query_params():
        if name in ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile") and not Path(path).is_file():
            raise ValueError(f"{name}: no file {path}")
    if url.scheme == "unix" and not re.match("unix:///[^?]", str(url)):
        raise ValueError("a socket is unix:///PATH or unix:///PATH?db=NUMBER")
    if url.scheme != "unix" and not url.host:
        raise ValueError("no host in it")
    return url


Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,200}$")]
FetchWait = Annotated[int, Field(ge=1, le=5000)]
RedisUrl = Annotated[
    AnyUrl,
    UrlConstraints(allowed_schemes=["redis", "rediss", "unix"]),
    AfterValidator(_check_redis),
]
"""`redis://HOST:PORT/NUMBER`, the same with `rediss`, or `unix:///PATH?db=NUMBER`."""
Port = Annotated[int, Field(ge=1, le=65535)]


def check_admin_port(port: int, info: ValidationInfo) -> int:
    """Refuse to serve both at one port."""
    if port == info.data.get("port"):
        raise ValueError("must differ from VEDETTE_PORT")
    return port


class VedetteSettings(KafkaSettings):
    """The settings of everything that uses Kafka; each part adds its own."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    topic_prefix: Prefix = "vedette."
    clock: Literal["wall", "recorded"] = "wall"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  (the signature of the parent)
        init_settings: PydanticBaseSettingsSource,
        *_others: PydanticBaseSettingsSource,
        **_named: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only the values that `load` passes: the environment is its argument."""
        return (init_settings,)


class ServiceSettings(VedetteSettings):
    """The settings of every service: those above, its clock, the address of its HTTP listener."""

    clock_skew_seconds: Annotated[float, Field(gt=0, le=3600)] = 5.0
    """How far our clock may be from Kafka's."""
    host: str = "0.0.0.0"  # noqa: S104  (a service in a pod is reached from outside)


S = TypeVar("S", bound=VedetteSettings)


def load(settings: type[S], environment: Mapping[str, str]) -> S:
    """Settings from `environment`; the variable `…_FILE` names a file with the secret `…`.

    Raises:
        InvalidEnvironment: naming every unknown or malformed variable.
    """
    faults = [_describe_unknown(name) for name in sorted(_find_unknown(environment))]
    values = {name: environment[name] for name in KNOWN & environment.keys()}
    for name in sorted(SECRETS & _variables_of(settings)):
        try:
            values |= _read_secret_file(name, environment)
        except ValueError as error:
            faults.append(f"{name}{FROM_FILE}: {error}")
    fields = {name.removeprefix(PREFIX).lower(): value for name, value in values.items()}
    own = {name: value for name, value in fields.items() if name in settings.model_fields}
    try:
        loaded = settings.model_validate(own)
    except ValidationError as error:
        faults += [
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {describe_error(fault)}"
            for fault in error.errors()
        ]
        raise InvalidEnvironment(*faults) from None
    if faults:
        raise InvalidEnvironment(*faults)
    return loaded.model_copy(update=_follow_files(loaded, environment))


def _variables_of(settings: type[BaseSettings]) -> set[str]:
    return {f"{PREFIX}{field.upper()}" for field in settings.model_fields}


def _find_unknown(environment: Mapping[str, str]) -> set[str]:
    ours = {
        name for name in environment if name.startswith(PREFIX) and not name.startswith(FOR_TESTS)
    }
    return ours - KNOWN - {name + FROM_FILE for name in SECRETS}


def _describe_unknown(name: str) -> str:
    # commands load no comparison of names before they need it
    from services.document_faults import suggest_name  # noqa: PLC0415

    # compared without what all of them begin with, which would make any two alike
    known = sorted(each.removeprefix(PREFIX) for each in KNOWN)
    hint = suggest_name(name.removeprefix(PREFIX), known)
    meant = hint.replace("did you mean ", f"did you mean {PREFIX}")
    return f"{name}: no such setting ({meant})" if meant else f"{name}: no such setting"


def _follow_files(loaded: S, environment: Mapping[str, str]) -> dict[str, object]:
    """The values that come from files, which are read again when they change.

    Raises InvalidEnvironment.
    """
    followed: dict[str, object] = {}
    for name in SECRETS:
        field, path = name.removeprefix(PREFIX).lower(), environment.get(name + FROM_FILE)
        value = getattr(loaded, field, None)
        if path and isinstance(value, SecretStr | AnyUrl):
            check = partial(_check_change, loaded, field)
            try:
                followed[field] = _follow_file(value, Path(path), check)
            except ValueError as error:
                raise InvalidEnvironment(f"{name}{FROM_FILE}: {error}") from None
    return followed


def _follow_file(value: SecretStr | AnyUrl, path: Path, check: Check) -> SecretStr | AnyUrl:
    """The secret; of an address of Redis the user and the password."""
    if isinstance(value, SecretStr):
        return FollowedSecret(path, check)
    # commands load no client of Redis before they need it
    from services.redis_credentials import FollowedUrl  # noqa: PLC0415

    return FollowedUrl(path, check)


def _check_change(loaded: S, field: str, value: str) -> None:
    """Raise ValueError where the settings would be invalid with this value; it is not shown."""
    given = {name: getattr(loaded, name) for name in loaded.model_fields_set}
    try:
        type(loaded).model_validate(given | {field: value})
    except ValidationError as error:
        messages = map(describe_error, error.errors(include_input=False))
        raise ValueError("; ".join(messages)) from None


def _read_secret_file(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    path = environment.get(name + FROM_FILE)
    if not path:
        return {}
    if environment.get(name):
        raise ValueError(f"{name} is set too: name one of them")
    return {name: read_secret(Path(path))}


def process_environment() -> Mapping[str, str]:
    """The environment of this process."""
    return os.environ
