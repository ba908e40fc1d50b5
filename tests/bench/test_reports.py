"""The material of `make bench-engine` is as `bench.reports` describes it."""

import pytest

from bench.reports import pack, reports, tongues
from schemas.event import Event
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.matching import match_event

KNOWN = tongues()


@pytest.mark.parametrize("length", [300, 2000])
def test_reports_are_events_of_the_length_asked_for_and_a_quarter_is_arabic(length: int) -> None:
    events = [Event.model_validate_json(raw) for raw in reports(KNOWN, 200, length)]

    assert {len(event.text or "") for event in events} == {length}
    assert 30 < sum(event.language == "ar" for event in events) < 70


def test_rules_and_aliases_are_as_many_as_asked_for_and_without_fault() -> None:
    book, faults = compile_packs([pack(KNOWN, 300, 300)])

    assert faults == ()
    assert len(book.packs[0].rules) == 300
    assert len(book.packs[0].lists.members["gazetteer"]) * 3 == 300
    assert book.packs[0].index.always == ()


def test_few_reports_match_one_of_many_rules() -> None:
    book, _ = compile_packs([pack(KNOWN, 1000, 0)])
    events = [Event.model_validate_json(raw) for raw in reports(KNOWN, 400, 300)]

    assert 0 < sum(len(match_event(book, event)) for event in events) < len(events) * 0.1
