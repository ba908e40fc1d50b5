"""Windows and alerts of the release before, and back: the short form of `make upgrade`."""

from pathlib import Path

import pytest

from tests.integration.matcher_site import MatcherTopics, event, matcher, message
from tests.parts.child import ROOT
from tests.parts.pipeline import write_pack
from tests.parts.processes import Service
from tests.parts.rocket_rules import ROCKETS_ON_ONE_PLACE
from tests.parts.waiting import until
from tests.upgrade.__main__ import RELEASE_BEFORE
from tests.upgrade.releases import NoSuchRelease, Release

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

SECONDS = 120.0
EXPECTED = {"Taji": 4, "Balad": 3}
NOW = Release("this release", ROOT)


@pytest.fixture
def before(tmp_path: Path) -> Release:
    try:
        return Release.check_out(RELEASE_BEFORE, tmp_path / "before")
    except NoSuchRelease as missing:
        pytest.skip(f"{missing}; a clone with its whole history has it")


def test_windows_go_on_after_the_upgrade_and_after_the_rollback(
    matcher_topics: MatcherTopics, before: Release, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS_ON_ONE_PLACE % 3)
    with matcher(matcher_topics, tmp_path) as service:
        _run(before, service)
        _report(matcher_topics, "Taji", "Taji", "Balad", "Samarra")
        _run(NOW, service)
        _report(matcher_topics, "Taji", "Balad")
        upgraded, *_ = matcher_topics.wait_alerts(1, SECONDS)
        _run(before, service)
        _report(matcher_topics, "Taji", "Balad", "Samarra")
        until(lambda: matcher_topics.values == EXPECTED, "every window goes on", SECONDS)

    assert {alert.id for alert in matcher_topics.alerts_of("Taji")} == {upgraded.id}
    assert matcher_topics.dead_letters == []


def _run(release: Release, service: Service) -> None:
    if service.running:
        service.terminate(SECONDS)
    release.install(service)
    service.start()
    service.wait_ready(SECONDS)


def _report(matcher_topics: MatcherTopics, *places: str) -> None:
    known = len(matcher_topics.read("events"))
    matcher_topics.send(
        *(message(event(f"e-{known}-{n}", place=place)) for n, place in enumerate(places))
    )
    matcher_topics.wait_until_drained(SECONDS)
