"""Settings and hooks of every test."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings
from xdist.workermanage import WorkerController

from services.tracing import record_spans
from tests.fake_recorder import FakeRecorder

# on shared machines the time of an example says nothing about the code; and every run tries the
# same examples, so that a change is judged by what it changes: `make explore` looks for others, and
# the profile `explore` for twenty times as many, in the tests that it is given for
settings.register_profile(
    "vedette",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("others", settings.get_profile("vedette"), derandomize=False)
settings.register_profile(
    "explore", settings.get_profile("vedette"), derandomize=False, max_examples=2_000
)
settings.load_profile("vedette")

# drawing every variable of every frame takes seconds, in the thread that logs
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

KAFKAS = pytest.StashKey[list[str]]()


@pytest.fixture
def recorder() -> Iterator[FakeRecorder]:
    """What records the spans of this process, during one test."""
    recorder = FakeRecorder()
    record_spans(recorder)
    yield recorder
    record_spans(None)


def note_kafka(config: pytest.Config, kafka: str) -> None:
    """Remember a Kafka of this run for the summary; each process of a run has its own."""
    names: list[str] = getattr(config, "workeroutput", {}).setdefault("kafka", [])
    config.stash.setdefault(KAFKAS, names).append(kafka)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """Take over what a process of the run has noted."""
    names = getattr(node, "workeroutput", {}).get("kafka", [])
    node.config.stash.setdefault(KAFKAS, []).extend(names)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """List the Kafkas that the tests ran on."""
    for kafka in config.stash.get(KAFKAS, []):
        terminalreporter.write_line(f"integration tests ran on {kafka}")
