"""Where spans go: the variables of OpenTelemetry, of which these decide whether any are sent."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from services.environment import InvalidEnvironment

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
PROTOCOL = "http/protobuf"
PATH = "/v1/traces"


def read_endpoint(environment: Mapping[str, str]) -> str | None:
    """The full address of the collector; None: tracing is off.

    Raises:
        InvalidEnvironment: naming the variable.
    """
    name = next((each for each in (TRACES_ENDPOINT, ENDPOINT) if environment.get(each)), None)
    if name is None or _is_off(environment):
        return None
    _check_protocol(environment)
    address = environment[name]
    if not _is_web_address(address):
        raise InvalidEnvironment(f"{name}: an address is http://HOST:4318 or https://HOST:4318")
    return address if name == TRACES_ENDPOINT else address.rstrip("/") + PATH


def _is_off(environment: Mapping[str, str]) -> bool:
    is_disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return is_disabled or environment.get("OTEL_TRACES_EXPORTER") == "none"


def _check_protocol(environment: Mapping[str, str]) -> None:
    for name in PROTOCOLS:
        if (given := environment.get(name)) and given != PROTOCOL:
            raise InvalidEnvironment(f"{name}: {given} is not spoken here, only {PROTOCOL}")


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
