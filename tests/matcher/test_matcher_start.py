"""What stops a matcher at its start."""

import pytest

from services.matcher.__main__ import CANNOT_START, main


def test_a_faulty_setting_ends_the_start_in_the_words_of_every_service(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VEDETTE_PORT", "many")

    assert main() == CANNOT_START

    assert capsys.readouterr().err.startswith("vedette matcher: VEDETTE_PORT: must be a whole")
