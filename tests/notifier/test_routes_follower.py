"""Routes are read again when their file changes, and a faulty file changes nothing."""

from pathlib import Path

import pytest

from services.followed_files import FollowedFile
from services.notifier.adapters.routes_file import InvalidRoutes
from services.notifier.adapters.routes_follower import CHECK_SECONDS, follow_routes
from services.notifier.domain.routing.tree import Routing
from services.telemetry import Health

GOOD = "route: {receiver: slack}\n"
PAGED = "route: {receiver: pagerduty, routes: []}\n"
NAMES = ("slack", "pagerduty")


class FollowedRoutes:
    """A file of routes and its follower, with a clock that passes a second at each look."""

    def __init__(self, path: Path) -> None:
        self.path, self.now = path, 0.0
        path.write_text(GOOD, encoding="utf-8")
        self.health = Health()
        follower = follow_routes(path, NAMES, self.health)
        assert isinstance(follower, FollowedFile)
        follower.clock = self.tick
        self.follower: FollowedFile[Routing] = follower

    def tick(self) -> float:
        self.now += CHECK_SECONDS
        return self.now

    def write(self, text: str) -> None:
        """Replace the file, as an editor or Kubernetes does."""
        other = self.path.with_suffix(".new")
        other.write_text(text, encoding="utf-8")
        other.replace(self.path)

    @property
    def receiver(self) -> str:
        return self.follower().root.receiver


@pytest.fixture
def followed(tmp_path: Path) -> FollowedRoutes:
    return FollowedRoutes(tmp_path / "routes.yaml")


def test_a_changed_file_is_in_force_a_second_later(followed: FollowedRoutes) -> None:
    assert followed.receiver == "slack"

    followed.write(PAGED)

    assert followed.receiver == "pagerduty"


@pytest.mark.parametrize("text", ["route: [", "route: {receiver: email}"])
def test_a_faulty_file_is_noted_and_the_last_good_one_stays(
    followed: FollowedRoutes, text: str
) -> None:
    followed.write(text)

    assert followed.health.faults() == {}

    assert followed.receiver == "slack"
    assert f"{followed.path}:1: " in followed.health.notes["routes"]

    followed.write(PAGED)

    assert (followed.receiver, followed.health.notes) == ("pagerduty", {})


def test_a_file_that_is_gone_is_noted(followed: FollowedRoutes) -> None:
    followed.path.unlink()

    assert followed.receiver == "slack"
    assert "No such file" in followed.health.notes["routes"]


def test_the_file_is_looked_at_once_a_second(followed: FollowedRoutes) -> None:
    followed.follower.clock = lambda: 1.0
    followed.follower()
    followed.write(PAGED)

    assert followed.receiver == "slack"


def test_without_a_file_the_default_is_in_force() -> None:
    routing = follow_routes(None, NAMES, Health())

    assert routing().is_default


def test_a_receiver_that_the_environment_lacks_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(PAGED, encoding="utf-8")

    with pytest.raises(InvalidRoutes, match="there is no receiver 'pagerduty'"):
        follow_routes(path, ("slack",), Health())
