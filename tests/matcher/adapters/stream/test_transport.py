"""The Faust app of the matcher."""

import asyncio
from pathlib import Path

import pytest

from services.kafka_address import KafkaAddress
from services.matcher.adapters.stream.transport import App, faust_options


def test_an_app_that_starts_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    asyncio.run(App("app", **faust_options(KafkaAddress("127.0.0.1:1"))).on_first_start())

    assert list(tmp_path.iterdir()) == []


def test_what_runs_beside_gets_no_argument_though_it_could_take_one() -> None:
    app, called = App("app", **faust_options(KafkaAddress("127.0.0.1:1"))), list[str]()

    async def note(name: str = "of its own") -> None:
        called.append(name)

    async def start() -> None:
        await app._app_tasks[-1]()  # noqa: SLF001  (what Faust calls when the worker is up)

    app.run_beside(note)
    asyncio.run(start())

    assert called == ["of its own"]
