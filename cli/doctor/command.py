"""`vedette doctor`: looks at everything, and says what to do."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from kafka.errors import KafkaError
from redis import AuthenticationError, Redis, RedisError

from cli.admin import open_admin
from cli.doctor.certificates import examine_certificates
from cli.doctor.check_result import CheckResult, Examine, fault, format_result, good, has_fault
from cli.doctor.cluster import examine_cluster
from cli.doctor.environment import examine_environment
from cli.doctor.groups import examine_groups
from cli.doctor.redis_server import examine_redis
from cli.doctor.rules import examine_rules
from cli.doctor.services import examine_services
from cli.doctor.topics import examine_topics
from cli.faults import CommandFailure
from cli.output import print_line
from cli.records import open_consumer
from cli.rules_topic import RulesTopicWriter
from cli.settings import DoctorSettings, doctor_settings
from services.environment import InvalidEnvironment, process_environment
from services.matcher.adapters.rules.pack_files import bundle_files
from services.matcher.adapters.rules.used_packs import read_with_used

FAULTY = 1
REDIS_SECONDS = 3
NOT_ASKED = (CommandFailure, KafkaError, OSError, RedisError)

ServiceOption = Annotated[
    list[str] | None,
    typer.Option("--service", metavar="NAME=URL", help="An admin port to ask. May be repeated."),
]
FolderOption = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules to compare with those in force.")
]


app = typer.Typer(add_completion=False)


@app.command()
def doctor(service: ServiceOption = None, rules: FolderOption = None) -> None:
    """Look at Kafka, topics, groups, Redis, rules, certificates and services; say what to do.

    Configured as the services are, by VEDETTE_ variables; needs the Kafka user `operator`. Exit
    code 1 where something has to be mended.
    """
    if rules is not None and not rules.is_dir():
        raise CommandFailure(f"--rules {rules}: no such folder")
    results = []
    for result in _examine_all(_read_services(service or ()), rules):
        results.append(result)
        for line in format_result(result):
            print_line(line)
    raise typer.Exit(FAULTY if has_fault(results) else 0)


def _read_services(given: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if wrong := [name for name, _, url in pairs if not url.startswith("http")]:
        raise CommandFailure(f"--service {wrong[0]}: write NAME=http://HOST:PORT")
    return {name: url for name, _, url in pairs}


def _examine_all(services: Mapping[str, str], folder: Path | None) -> Iterator[CheckResult]:
    yield good("version", version("vedette"))
    try:
        settings = doctor_settings()
    except InvalidEnvironment as error:
        yield from examine_environment(process_environment(), error.faults)
        return
    yield from examine_environment(process_environment())
    parts: dict[str, Examine] = {
        "kafka": partial(_examine_kafka, settings),
        "certificates": partial(_examine_certificates, settings),
        "redis": partial(_examine_redis, settings),
        "rules": partial(_examine_rules, settings, folder),
        "services": partial(examine_services, services),
    }
    for subject, examine in parts.items():
        yield from examine_safely(subject, examine)


def examine_safely(subject: str, examine: Examine) -> Iterator[CheckResult]:
    """The results; what does not answer is one, and stops no other."""
    try:
        yield from examine()
    except AuthenticationError as error:
        remedy = "VEDETTE_REDIS_URL, or the file of VEDETTE_REDIS_URL_FILE, has user and password"
        yield fault(subject, f"refuses us: {error}", remedy)
    except NOT_ASKED as error:
        remedy = "see docs/operations/security.md, and whether it runs and is reached from here"
        yield fault(subject, f"does not answer: {error or type(error).__name__}", remedy)


def _examine_kafka(settings: DoctorSettings) -> Iterator[CheckResult]:
    with open_admin(settings.kafka) as admin, open_consumer(settings) as consumer:
        yield from examine_cluster(admin)
        yield from examine_topics(admin, settings.topic_prefix)
        yield from examine_groups(admin, consumer, settings.topic_prefix)


def _examine_certificates(settings: DoctorSettings) -> Iterator[CheckResult]:
    own = settings.kafka_ca_file is not None
    return examine_certificates(settings.kafka, datetime.now(UTC), has_own=own)


def _examine_redis(settings: DoctorSettings) -> Iterator[CheckResult]:
    options = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
    with closing(Redis.from_url(str(settings.redis_url), **options)) as redis:
        yield from examine_redis(redis)


def _examine_rules(settings: DoctorSettings, folder: Path | None) -> Iterator[CheckResult]:
    newest = RulesTopicWriter(settings).newest()
    files = bundle_files(read_with_used(folder)[0]) if folder is not None else {}
    number, bundle = (None, None) if newest is None else (newest.number, newest.bundle)
    return examine_rules(number, bundle, files, folder)
