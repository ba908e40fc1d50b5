"""Tokens and secrets are read again when their file is replaced; a faulty one does nothing."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from services.environment import ServiceSettings, load
from services.followed_files import LOOK_SECONDS, FollowedFile, LiveMapping
from services.notifier.settings import NotifierSettings
from tests.fakes import SteppedClock


def _read_number(path: Path) -> int:
    return int(path.read_text())


@pytest.fixture
def file(tmp_path: Path) -> FollowedFile[int]:
    path = tmp_path / "number"
    path.write_text("1")
    return FollowedFile(path, _read_number, 1, None, {}, SteppedClock())


def _pass_time(file: FollowedFile[int]) -> None:
    assert isinstance(file.clock, SteppedClock)
    file.clock.now += LOOK_SECONDS


def test_a_file_that_is_replaced_is_read_again(file: FollowedFile[int]) -> None:
    before = file()
    file.path.write_text("22")
    soon = file()
    _pass_time(file)

    assert (before, soon, file()) == (1, 1, 22)


def test_a_faulty_file_changes_nothing_and_is_noted_until_it_is_good(
    file: FollowedFile[int],
) -> None:
    file()
    file.path.write_text("many")
    _pass_time(file)
    refused, noted = file(), dict(file.notes)
    file.path.write_text("333")
    _pass_time(file)

    assert refused == 1
    assert "invalid literal" in noted["number"]
    assert (file(), file.notes) == (333, {})


def test_a_file_that_is_gone_changes_nothing(file: FollowedFile[int]) -> None:
    file()
    file.path.unlink()
    _pass_time(file)

    assert file() == 1
    assert "No such file" in file.notes["number"]


def test_a_live_mapping_is_what_is_read_now() -> None:
    states = iter([{"a": 1}, {"b": 2, "c": 3}])
    mapping = LiveMapping(lambda: next(states))

    assert list(mapping.items()) == [("a", 1)]
    assert len(mapping) == 2


def _load(path: Path, **more: str) -> NotifierSettings:
    return load(NotifierSettings, {"VEDETTE_WEBHOOK_SECRET_FILE": str(path), **more})


def test_a_secret_of_a_file_is_revealed_as_it_is_now(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("a secret that is long\n")
    secret = _load(path).webhook_secret
    path.write_text("another that is as long\n")

    assert secret is not None
    assert secret.get_secret_value() == "another that is as long"
    assert "another" not in repr(secret)


@pytest.mark.parametrize("written", ["", "\n", "short"])
def test_a_secret_that_the_settings_would_refuse_is_not_taken(tmp_path: Path, written: str) -> None:
    path = tmp_path / "secret"
    path.write_text("a secret that is long\n")
    secret = _load(path, VEDETTE_WEBHOOK_URL="https://example.org").webhook_secret
    path.write_text(written)

    assert secret is not None
    assert secret.get_secret_value() == "a secret that is long"


def test_a_secret_of_the_environment_stays() -> None:
    settings = load(NotifierSettings, {"VEDETTE_SLACK_TOKEN": "xoxb-1"})

    assert settings.slack_token == SecretStr("xoxb-1")
    assert isinstance(settings, ServiceSettings)
