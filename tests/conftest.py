"""What holds for every test."""

import pytest
from hypothesis import settings
from xdist.workermanage import WorkerController

# these machines are shared and noisy: how long an example takes says nothing about the code
settings.register_profile("vedette", deadline=None)
settings.load_profile("vedette")

USED = pytest.StashKey[list[str]]()


def runs_on(config: pytest.Config, kafka: str) -> None:
    """Have the summary say which Kafka the tests run on; each process of a run has its own."""
    told: list[str] = getattr(config, "workeroutput", {}).setdefault("kafka", [])
    config.stash.setdefault(USED, told).append(kafka)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """A process of the run has ended."""
    told = getattr(node, "workeroutput", {}).get("kafka", [])
    node.config.stash.setdefault(USED, []).extend(told)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say which Kafka the tests ran on."""
    for kafka in config.stash.get(USED, []):
        terminalreporter.write_line(f"integration tests ran on {kafka}")
