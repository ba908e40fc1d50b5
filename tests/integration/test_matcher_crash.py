"""Crash and park: a bug ends the process in front of the message, and loses nothing."""

import sys
from pathlib import Path

import pytest

from schemas.topics import EVENTS, topic_name
from tests.integration.crash_worker import BOOM, HANG
from tests.parts.child import ChildProcess
from tests.parts.topics import TopicMessage, lag, produce
from tests.parts.waiting import until

pytestmark = pytest.mark.integration


def test_a_bug_ends_the_process_with_the_offset_before_the_message(
    kafka: str, topics: str, tmp_path: Path
) -> None:
    topic, group = topic_name(topics, EVENTS), f"{topics}crash"
    command = [sys.executable, "-m", "tests.integration.crash_worker", kafka, topic, group]
    worker = ChildProcess(command, tmp_path / "worker.log")
    values = [b"1", b"2", b"3", BOOM, b"5", b"6"]
    produce(kafka, topic, [TopicMessage(value, partition=0) for value in values])

    with worker:
        code = worker.wait(60)

    assert code == 1
    assert lag(kafka, group, topic)[0] == len(values) - values.index(BOOM)
    assert "Bug" in worker.text()
    assert "take" in worker.text()


def test_what_was_in_front_of_the_bug_is_committed_before_the_end(
    kafka: str, topics: str, tmp_path: Path
) -> None:
    topic, group = topic_name(topics, EVENTS), f"{topics}crash"
    command = [sys.executable, "-m", "tests.integration.crash_worker", kafka, topic, group]
    produce(kafka, topic, [TopicMessage(b"1", partition=0)])

    with ChildProcess(command, tmp_path / "worker.log") as worker:
        until(lambda: lag(kafka, group, topic)[0] == 0, "the first is committed")
        produce(kafka, topic, [TopicMessage(BOOM, partition=0)])
        code = worker.wait(60)

    assert code == 1
    assert lag(kafka, group, topic)[0] == 1


def test_a_loop_that_hangs_ends_the_process_though_its_heartbeats_go_on(
    kafka: str, topics: str, tmp_path: Path
) -> None:
    topic, group = topic_name(topics, EVENTS), f"{topics}crash"
    command = [sys.executable, "-m", "tests.integration.crash_worker", kafka, topic, group]
    produce(kafka, topic, [TopicMessage(HANG, partition=0)])

    with ChildProcess(command, tmp_path / "worker.log") as worker:
        code = worker.wait(60)

    assert code == 1
    assert lag(kafka, group, topic)[0] == 1
    assert "in take" in worker.text()
