"""The Faust app of the matcher."""

import asyncio
from pathlib import Path

import pytest

from services.matcher.adapters.stream.transport import App, faust_options


def test_an_app_that_starts_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    asyncio.run(App("app", **faust_options("127.0.0.1:1")).on_first_start())

    assert list(tmp_path.iterdir()) == []
