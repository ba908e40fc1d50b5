"""The doctor's look at the environment: what a service would refuse of what is set."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from cli.doctor.check_result import CheckResult, fault, note
from services.environment import InvalidEnvironment, ServiceSettings, load
from services.followed_secret import read_secret
from services.ingest.settings import IngestSettings, WorkerSettings
from services.matcher.settings import MatcherSettings, ReaderServiceSettings
from services.notifier.settings import NotifierSettings
from services.variables import FROM_FILE, PREFIX, SECRETS

SERVICES: tuple[type[ServiceSettings], ...] = (
    IngestSettings,
    WorkerSettings,
    MatcherSettings,
    ReaderServiceSettings,
    NotifierSettings,
)
PATHS = (Path, Path | None)
FROM_FOLDER = "_DIR"
OFF = "fill it, or what needs it is off: a receiver of alerts, or the buttons"
REMEDY = "no service that reads it starts: the README, under 'Run it'"


def examine_environment(
    environment: Mapping[str, str], known: Iterable[str] = ()
) -> Iterator[CheckResult]:
    """A fault for each variable that is set and that a service would refuse at its start.

    What a service needs and is not set here is no fault: it may be set there. `known` are
    faults `VARIABLE: what is wrong` that were found before.
    """
    faults = {text.partition(":")[0]: text for text in known}
    for find in (_find_refused, _find_missing):
        for kind in SERVICES:
            for text in find(kind, environment):
                faults.setdefault(text.partition(":")[0], text)
    yield from (fault("environment", text, REMEDY) for text in faults.values())
    yield from (note("environment", text, OFF) for text in _find_empty(environment))


def _find_empty(environment: Mapping[str, str]) -> Iterator[str]:
    """Secrets whose file is there and empty, such as a Secret that nobody filled."""
    for name in sorted(f"{secret}{FROM_FILE}" for secret in SECRETS):
        if not (path := environment.get(name)):
            continue
        with suppress(ValueError):  # what cannot be read is a fault of the service
            if not read_secret(Path(path)):
                yield f"{name}: {path} is empty, which is as good as not set"


def _find_refused(kind: type[ServiceSettings], environment: Mapping[str, str]) -> Iterator[str]:
    try:
        load(kind, environment)
    except InvalidEnvironment as error:
        yield from (text for text in error.faults if text.partition(":")[0] in environment)


def _find_missing(kind: type[ServiceSettings], environment: Mapping[str, str]) -> Iterator[str]:
    """Files and folders that are named and not there; a service finds out only later."""
    for field, described in kind.model_fields.items():
        name = f"{PREFIX}{field.upper()}"
        path = environment.get(name)
        named = described.annotation in PATHS and name.endswith((FROM_FILE, FROM_FOLDER))
        if named and path and not Path(path).exists():
            yield f"{name}: {path}: no such {'folder' if name.endswith(FROM_FOLDER) else 'file'}"
