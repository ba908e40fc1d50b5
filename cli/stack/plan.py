"""What `vedette up` runs: where everything listens, and each service's environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from cli.faults import CommandFailure
from cli.stack.embedded import LOOPBACK, STORIES, redis_url
from cli.stack.people import TOKENS_FILE, people_path
from services.kafka_address import KafkaAddress

PORTS = {"ingest": 8080, "matcher": 6066, "notifier": 8082}
READER = {"reader": 6067}
WORKER = {"ingest-worker": 8081}
ADMIN_PORTS = {"ingest": 9080, "notifier": 9082}
SOURCES = "VEDETTE_SOURCES_DIR"
PARTS = {"broker": 0}
OPEN = "VEDETTE_INGEST_OPEN"

# a demo pages nobody and needs no token: it listens on this machine alone
NOT_IN_A_DEMO = (
    "VEDETTE_APPRISE_URLS",
    "VEDETTE_APPRISE_URLS_FILE",
    "VEDETTE_INGEST_TOKENS_FILE",
    "VEDETTE_OPSGENIE_API_KEY",
    "VEDETTE_OPSGENIE_API_KEY_FILE",
    "VEDETTE_OPSGENIE_WEBHOOK_SECRET",
    "VEDETTE_OPSGENIE_WEBHOOK_SECRET_FILE",
    "VEDETTE_PAGERDUTY_ROUTING_KEY",
    "VEDETTE_PAGERDUTY_ROUTING_KEY_FILE",
    "VEDETTE_SLACK_APP_TOKEN",
    "VEDETTE_SLACK_APP_TOKEN_FILE",
    "VEDETTE_SLACK_SIGNING_SECRET",
    "VEDETTE_SLACK_SIGNING_SECRET_FILE",
    "VEDETTE_PAGERDUTY_WEBHOOK_SECRET",
    "VEDETTE_PAGERDUTY_WEBHOOK_SECRET_FILE",
    "VEDETTE_SLACK_TOKEN",
    "VEDETTE_SLACK_TOKEN_FILE",
    "VEDETTE_WEBHOOK_SECRET",
    "VEDETTE_WEBHOOK_SECRET_FILE",
    "VEDETTE_WEBHOOK_URL",
    "VEDETTE_WEBHOOK_URL_FILE",
)
# of the user's own Kafka and Redis; the embedded ones know no users and no certificates
NOT_EMBEDDED = (
    "VEDETTE_KAFKA_CA_FILE",
    "VEDETTE_KAFKA_CERT_FILE",
    "VEDETTE_KAFKA_KEY_FILE",
    "VEDETTE_KAFKA_SASL_MECHANISM",
    "VEDETTE_KAFKA_SASL_PASSWORD",
    "VEDETTE_KAFKA_SASL_PASSWORD_FILE",
    "VEDETTE_KAFKA_SASL_USERNAME",
    "VEDETTE_KAFKA_SECURITY_PROTOCOL",
    "VEDETTE_REDIS_URL_FILE",
    "VEDETTE_STORIES_REDIS_URL_FILE",
)
DEMO_TICK_SECONDS = "0.2"
# the embedded broker answers a waiting fetch only after half of its time
EAGER_FETCH_MS = "20"


@dataclass(frozen=True, slots=True)
class Plan:
    """One stack: `ports` has those of its services, on `host`, and of PARTS, on loopback.

    `terminal` has the variables that a service needs to print to this terminal; `sources` is the
    folder of sources to fetch and to take from. `admin_ports` are those of services that have an
    API beside.
    """

    rules: Path
    ports: Mapping[str, int]
    host: str = LOOPBACK
    prefix: str = "vedette."
    demo: bool = False
    terminal: Mapping[str, str] = field(default_factory=dict)
    sources: Path | None = None
    admin_ports: Mapping[str, int] = field(default_factory=lambda: ADMIN_PORTS)

    @property
    def services(self) -> tuple[str, ...]:
        """What runs beside the parts."""
        return tuple(name for name in self.ports if name not in PARTS)

    @property
    def clock(self) -> str:
        """The clock that the services run on."""
        return "recorded" if self.demo else "wall"

    @property
    def kafka(self) -> KafkaAddress:
        """Where the embedded broker listens; it admits everybody."""
        return KafkaAddress(f"{LOOPBACK}:{self.ports['broker']}")

    def url(self, service: str) -> str:
        """Where a service is reached from this machine."""
        return self._build_url(self.ports[service])

    def admin_url(self, service: str) -> str:
        """Where its health and metrics are."""
        return self._build_url(self.admin_ports.get(service, self.ports[service]))

    def _build_url(self, port: int) -> str:
        host = LOOPBACK if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104  (compared)
        return f"http://{host}:{port}"

    def is_open(self, inherited: Mapping[str, str]) -> bool:
        """Whether ingest needs no token."""
        return self.demo or not inherited.get("VEDETTE_INGEST_TOKENS_FILE")


def check_exposure(plan: Plan, inherited: Mapping[str, str]) -> None:
    """Check that nobody opens ingest to a network by chance.

    Raises:
        CommandFailure: others reach it without a token, and nobody asked for that.
    """
    if _is_loopback(plan.host) or not plan.is_open(inherited) or OPEN in inherited:
        return
    raise CommandFailure(
        f"VEDETTE_HOST {plan.host}: others reach ingest there; name your tokens with "
        f"VEDETTE_INGEST_TOKENS_FILE, or let everybody in with {OPEN}=true"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def service_environment(
    plan: Plan, inherited: Mapping[str, str], folder: Path, service: str
) -> dict[str, str]:
    """The environment of one service: the user's, overridden by the plan.

    Files that a killed service leaves are deleted with `folder`, which has the socket of Redis.
    """
    dropped = {SOURCES, *NOT_EMBEDDED, *(NOT_IN_A_DEMO if plan.demo else ())}
    environment = {name: value for name, value in inherited.items() if name not in dropped}
    environment |= _plan_variables(plan, folder, service)
    if plan.demo:
        environment[OPEN] = "true"
        environment.setdefault("VEDETTE_TICK_SECONDS", DEMO_TICK_SECONDS)
    elif plan.is_open(inherited):
        environment.setdefault(OPEN, "true")
    if service == "notifier":
        environment |= plan.terminal
        environment.setdefault(TOKENS_FILE, str(people_path(folder)))
    return environment


def _plan_variables(plan: Plan, folder: Path, service: str) -> dict[str, str]:
    """What the plan alone decides, whatever the user's environment says."""
    variables = {
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(folder),
        "VEDETTE_CLOCK": plan.clock,
        "VEDETTE_HOST": plan.host,
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": plan.kafka.servers,
        "VEDETTE_KAFKA_FETCH_WAIT_MS": EAGER_FETCH_MS,
        "VEDETTE_PORT": str(plan.ports[service]),
        "VEDETTE_REDIS_URL": redis_url(folder),
        "VEDETTE_RULES_DIR": str(plan.rules),
        "VEDETTE_STORIES_REDIS_URL": redis_url(folder, STORIES),
    }
    if plan.sources is not None:
        variables[SOURCES] = str(plan.sources)
    if service in plan.admin_ports:
        variables["VEDETTE_ADMIN_PORT"] = str(plan.admin_ports[service])
    return variables
