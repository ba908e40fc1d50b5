"""The material of `make bench` is as described."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.material import BATCH_SIZE, SENTINEL, messages, sentinels, write_pack
from schemas.event import Event
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.adapters.topics.codec import decode_events
from services.matcher.domain.rules.matching import match_event
from tests.matcher.messages import Given

COUNT = 2_000


def _events(batch: int) -> Iterator[Event]:
    for message in messages(COUNT, 4, batch):
        for item in decode_events(Given(message.value, tuple(message.headers.items()))):
            assert isinstance(item, Event)
            yield item


@pytest.mark.parametrize("rules", [1, 50])
def test_a_pack_has_as_many_rules_as_asked_for_and_no_fault(tmp_path: Path, rules: int) -> None:
    rulebook, faults = read_rule_files(write_pack(tmp_path, rules)).rulebook()

    assert faults == ()
    assert len(rulebook.windows) == rules


@pytest.mark.parametrize("batch", [1, BATCH_SIZE])
def test_every_event_is_sent_once_whatever_the_batch(batch: int) -> None:
    identities = [event.identity for event in _events(batch)]

    assert len(identities) == len(set(identities)) == COUNT


def test_the_sentinel_rule_matches_the_sentinels_alone(tmp_path: Path) -> None:
    rulebook, _ = read_rule_files(write_pack(tmp_path, 1)).rulebook()

    matched = [event for event in _events(1) if match_event(rulebook, event)]

    assert len(matched) == sentinels(COUNT)
    assert all(SENTINEL in (event.text or "") for event in matched)


def test_few_events_match_one_of_many_rules(tmp_path: Path) -> None:
    rulebook, _ = read_rule_files(write_pack(tmp_path, 1000)).rulebook()

    matched = [event for event in _events(1) if match_event(rulebook, event)]

    assert sentinels(COUNT) < len(matched) < COUNT * 0.1


def test_an_event_is_some_300_bytes_long() -> None:
    sizes = [len(message.value or b"") for message in messages(COUNT, 4, 1)]

    assert 250 < sum(sizes) / COUNT < 400
