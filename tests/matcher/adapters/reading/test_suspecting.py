"""The reader as a process: reports in, suspected signals out, and nothing of others' business."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from structlog.testing import capture_logs

from schemas.duty import OWN_SOURCE
from schemas.envelope import header
from schemas.signal import Signal
from schemas.topics import DEAD_LETTERS, SIGNALS
from services.matcher.adapters.reading.suspecting import ReadingProgress, Suspecting
from services.matcher.domain.reader.ports import Vector
from tests.fakes import FakeRecordSender
from tests.matcher.fakes import CountingModel
from tests.matcher.messages import Given, as_event, event, given, tick, tick_message
from tests.matcher.suspecting import suspecting


@dataclass
class FailingModel:
    """A model that breaks on everything."""

    name: str = "counting"

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        raise MemoryError(texts[0])


def sent_by(reader: Suspecting, topic: str = SIGNALS) -> list[Any]:
    assert isinstance(reader.sender, FakeRecordSender)
    return reader.sender.to(topic)


def signals(reader: Suspecting) -> list[Signal]:
    return [Signal.model_validate_json(record.value) for record in sent_by(reader)]


async def test_what_words_miss_becomes_a_suspected_signal() -> None:
    reader = suspecting()

    await reader.process(given(event(title="They pounded the base.")))

    (signal,) = signals(reader)
    assert (signal.rule, signal.identity) == ("fire", as_event().identity)
    assert signal.suspected
    assert signal.bundle == 3
    assert signal.evidence.suspicion is not None
    assert signal.evidence.suspicion.meaning == "fire"
    assert signal.evidence.suspicion.score >= signal.evidence.suspicion.threshold


async def test_what_words_find_or_nobody_means_is_left_alone() -> None:
    reader = suspecting()

    await reader.process(given(event(title="They shelled the base.")))
    await reader.process(given(event(title="The base hosts talks.")))

    assert signals(reader) == []


async def test_the_reports_of_a_batch_are_read_together_in_order() -> None:
    reader = suspecting()
    titles = ["They pounded the base.", "Rain.", "They struck the base."]
    batch = [event(id=f"e-{at}", title=title) for at, title in enumerate(titles)]

    await reader.process(given(batch))

    assert [signal.evidence.event_id for signal in signals(reader)] == ["e-0", "e-2"]


async def test_ticks_and_what_is_unreadable_are_left_to_detect() -> None:
    reader = suspecting()

    await reader.process(tick_message(tick()))
    await reader.process(Given(b"{nope"))
    await reader.process(given(event(source=OWN_SOURCE, title="They pounded the base.")))

    assert (sent_by(reader), sent_by(reader, DEAD_LETTERS)) == ([], [])


async def test_a_report_on_which_the_model_fails_is_a_dead_letter_and_others_are_read() -> None:
    reader = suspecting(FailingModel(), width=2)

    with capture_logs():  # a traceback with all heads in it takes seconds to print
        await reader.process(
            given([event(id="e-1", title="They pounded the base."), event(id="e-2")])
        )

    (letter,) = sent_by(reader, DEAD_LETTERS)
    assert json.loads(letter.value)["id"] == "e-1"
    assert header(letter.headers, "where") == "reader"
    assert "MemoryError" in (header(letter.headers, "reason") or "")


async def test_the_model_runs_beside_the_loop() -> None:
    @dataclass
    class NamingModel(CountingModel):
        thread: str = ""

        def embed(self, texts: Sequence[str]) -> list[Vector]:
            self.thread = threading.current_thread().name
            return super().embed(texts)

    model = NamingModel(width=4096)

    await suspecting(model).process(given(event(title="They pounded the base.")))

    assert model.thread.startswith("reader")


def test_the_lag_is_that_of_the_newest_report_or_tick() -> None:
    progress, now = ReadingProgress(), datetime.now(UTC)
    assert progress.lag_seconds() == 0
    progress.include(as_event(recorded_at=now - timedelta(minutes=5)))
    progress.include(tick(now - timedelta(minutes=2)))
    assert 119 < progress.lag_seconds() < 130
