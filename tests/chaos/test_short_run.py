"""A short `make chaos`: a minute of load and faults on real Kafka and Redis."""

import pytest

from tests.chaos.__main__ import chaos
from tests.chaos.load import LoadProfile
from tests.chaos.plan import FaultSettings
from tests.chaos.run import RunConfig

KINDS = (
    "SIGKILL matcher",
    "SIGKILL notifier",
    "SIGSTOP matcher",
    "reload rules",
    "SIGKILL kafka",
    "Slack loses an answer",
)


@pytest.mark.integration
@pytest.mark.timeout(300)
def test_every_alert_arrives_exactly_once_in_a_minute_of_faults() -> None:
    replicas = {"ingest": 1, "matcher": 2, "notifier": 1}
    settings = FaultSettings(len(KINDS), 45.0, KINDS, 9.0, replicas)

    assert (
        chaos(RunConfig(2020, LoadProfile(100.0, 1.0, 45.0), settings, settle_seconds=120.0)) == 0
    )
