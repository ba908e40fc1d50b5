"""A release beside this one: its files, and the services that run from them."""

from pathlib import Path

import pytest

from tests.parts.child import ROOT
from tests.parts.processes import Service
from tests.upgrade.releases import ADMIN, NoSuchRelease, Release
from tests.upgrade.steps import list_names


def test_a_commit_that_the_history_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRelease, match="no commit 0000000"):
        Release.check_out("0000000", tmp_path / "before")


def test_a_service_of_another_release_runs_its_code_alone(tmp_path: Path) -> None:
    service = Service("matcher", {}, tmp_path)

    Release("old", tmp_path).install(service)

    assert service.command[1:] == ["-P", "-m", "services.matcher"]
    assert (service.environment or {})["PYTHONPATH"] == str(tmp_path)


def test_a_release_from_before_the_admin_port_has_one_port_and_the_next_two(
    tmp_path: Path,
) -> None:
    service = Service("ingest", {}, tmp_path)

    Release("old", tmp_path).install(service)
    assert ADMIN not in (service.environment or {})
    assert service.admin_url == service.url

    Release("new", ROOT).install(service)
    assert (service.environment or {})[ADMIN] == str(service.admin_port)
    assert service.admin_url != service.url


def test_readers_are_replaced_before_those_who_write_to_them() -> None:
    names = ["ingest-0", "matcher-1", "matcher-0", "notifier-0"]

    assert list(list_names(names)) == ["notifier-0", "matcher-0", "matcher-1", "ingest-0"]
