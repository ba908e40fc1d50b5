"""What the metrics of all services share: the process, dead letters, series that come and go."""

import hashlib
import platform
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from importlib.metadata import version
from pathlib import Path

from prometheus_client import Counter, Gauge
from pydantic import BaseModel

from services.certificates import show_expiry

DEAD_LETTERS = Counter(
    "vedette_dead_letters_total",
    "Messages that could not be used, by the rule or stage that refused them, and why.",
    ["place", "reason"],
)

BUILD = Gauge(
    "vedette_build_info", "1: the release that runs, and its Python.", ["version", "python"]
)
CONFIGURATION = Gauge(
    "vedette_configuration_info",
    "1: the digest of all settings, secrets left out; pods of a service differ during a rollout.",
    ["digest"],
)

OF_CERTIFICATES = ("kafka_ca_file", "kafka_cert_file")
OF_REDIS = ("redis_url", "stories_redis_url")
IN_REDIS_URL = ("ssl_ca_certs", "ssl_certfile")
RULE_FAILED, MALFORMED, REFUSED = "rule_failed", "malformed", "refused"


def show_process(settings: BaseModel) -> None:
    """Show which release runs, by which settings, and when its certificates expire."""
    BUILD.labels(version("vedette"), platform.python_version()).set(1)
    # secrets are asterisks in it, and addresses that may have a password are not shown
    hidden = {name for name, field in type(settings).model_fields.items() if not field.repr}
    written = settings.model_dump_json(exclude=hidden | {"port"})
    CONFIGURATION.labels(hashlib.sha256(written.encode()).hexdigest()[:12]).set(1)
    show_expiry(_list_certificates(settings))


def _list_certificates(settings: BaseModel) -> Iterator[Path]:
    """The files that Kafka's and Redis's certificates are checked by, and our own."""
    yield from filter(None, (getattr(settings, name, None) for name in OF_CERTIFICATES))
    for url in filter(None, (getattr(settings, name, None) for name in OF_REDIS)):
        yield from (Path(path) for name, path in url.query_params() if name in IN_REDIS_URL)


def show_dead_letters(place: str, *reasons: str) -> None:
    """Begin these series at 0, so that the first dead letter is an increase too."""
    for reason in reasons:
        DEAD_LETTERS.labels(place, reason)


def keep_series(gauge: Gauge, kept: AbstractSet[tuple[str, ...]]) -> None:
    """Remove the series whose label values are not among `kept`."""
    samples = [sample for family in gauge.collect() for sample in family.samples]
    for labels in {tuple(sample.labels.values()) for sample in samples} - kept:
        gauge.remove(*labels)


def replace_series(gauge: Gauge, values: Mapping[tuple[str, ...], float]) -> None:
    """Set the series with these label values, and remove all others."""
    keep_series(gauge, values.keys())
    for labels, value in values.items():
        gauge.labels(*labels).set(value)
