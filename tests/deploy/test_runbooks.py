"""The address of the runbooks is one, and can be another."""

import pytest

from deploy.prometheus_rule import ALERTS
from deploy.runbooks import CASES, IN_REPOSITORY, move_runbooks, read_address

YOURS = "https://docs.example.com/runbooks/{}/"


def test_by_default_it_is_a_path_of_this_repository() -> None:
    assert read_address() == IN_REPOSITORY


def test_another_address_replaces_it_everywhere_and_back() -> None:
    moved = move_runbooks(YOURS)

    assert moved.keys() == {ALERTS, *CASES.glob("*.yml")}
    for path, text in moved.items():
        assert text.count("https://docs.example.com/runbooks/Vedette") == text.count("runbook_url")
        assert "docs/runbooks/Vedette" not in text
        written = path.read_text(encoding="utf-8")
        assert text.count("\n") == written.count("\n")


def test_an_address_without_a_place_for_the_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"write \{\}"):
        move_runbooks("https://docs.example.com/")


def test_moving_them_to_where_they_are_changes_nothing() -> None:
    assert all(
        text == path.read_text(encoding="utf-8")
        for path, text in move_runbooks(IN_REPOSITORY).items()
    )
