"""Which variables have spans sent, and where to."""

import pytest

from services.environment import InvalidEnvironment
from services.otlp_endpoint import read_endpoint

BASE = "OTEL_EXPORTER_OTLP_ENDPOINT"
FULL = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"


@pytest.mark.parametrize(
    ("environment", "endpoint"),
    [
        ({}, None),
        ({BASE: ""}, None),
        ({BASE: "http://collector:4318"}, "http://collector:4318/v1/traces"),
        ({BASE: "https://collector:4318/otlp/"}, "https://collector:4318/otlp/v1/traces"),
        ({BASE: "http://a:4318", FULL: "http://b/traces"}, "http://b/traces"),
        ({BASE: "http://a:4318", "OTEL_SDK_DISABLED": "true"}, None),
        ({BASE: "http://a:4318", "OTEL_TRACES_EXPORTER": "none"}, None),
        (
            {BASE: "http://a:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
            "http://a:4318/v1/traces",
        ),
    ],
)
def test_the_address_is_that_of_opentelemetrys_variables(
    environment: dict[str, str], endpoint: str | None
) -> None:
    assert read_endpoint(environment) == endpoint


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({BASE: "collector:4318"}, BASE),
        ({FULL: "http://"}, FULL),
        ({FULL: "http://[::1"}, FULL),
        (
            {BASE: "http://a:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL: grpc",
        ),
    ],
)
def test_what_cannot_work_stops_the_start_with_its_name(
    environment: dict[str, str], named: str
) -> None:
    with pytest.raises(InvalidEnvironment, match=named):
        read_endpoint(environment)
