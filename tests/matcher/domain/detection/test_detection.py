from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.event import Event
from services.matcher.domain.rules.matching import match_event
from tests.matcher.rules import compiled, detecting, report, rulebook

MARCH = report(
    title="A call to march",
    text="Sadr calls for a Million-Man March to expel U.S. troops; نداء.",
    actors=["Kata'ib Hezbollah", "Iran"],
    country="IQ",
    type="appeal",
    credibility=2,
    quantities={"participants": 1000},
    attributes={"unit": "Brigade 45", "tags": ("Red", "blue"), "address": "10.1.2.3", "size": "12"},
)


def holds(event: Event = MARCH, /, condition: str = "selection", **selections: Any) -> bool:
    return bool(match_event(rulebook(detecting("rule", condition, **selections)), event))


@pytest.mark.parametrize(
    "selection",
    [
        {"country": "iq"},
        {"country": ["IR", "IQ"]},
        {"title": "a CALL to*"},
        {"title": "a ca?l to march"},
        {"title": "*call*march"},
        {"title|startswith": "a call"},
        {"title|endswith": "MARCH"},
        {"title|contains": "call"},
        {"text|contains|all": ["sadr", "troops"]},
        {"title|cased": "A call*"},
        {"title|contains|cased": "call"},
        {"title|re": "^A c.ll"},
        {"title|re|i": "^a CALL"},
        {"words|re|s": "call.*Sadr"},
        {"words|contains": "march\nsadr"},
        {"actors": "iran"},
        {"actors|phrase": "hezbollah"},
        {"words|phrase": "million man march"},
        {"words|phrase": ["no such thing", "march expel* ~4"]},
        {"words|phrase|all": ["million man", "نداء"]},
        {"actors|expand": "%proxies%"},
        {"actor_ids|expand": "%proxies%"},
        {"entities|expand": ["%lebanese%", "%proxies%"]},
        {"actor_ids": "kh"},
        {"words|expand|phrase": ["%proxies%", "million man"]},
        {"words|phrase|expand": ["%proxies%", "million man"]},
        {"attributes.unit": "brigade*"},
        {"attributes.unit|phrase": "brigade 45"},
        {"attributes.tags": "RED"},
        {"attributes.size|gt": 9},
        {"attributes.address|cidr": "10.0.0.0/8"},
        {"quantities.participants": 1000},
        {"quantities.participants|gte": 1000},
        {"quantities.participants|lt": 1000.5},
        {"credibility|lte": 2},
        {"occurred_at|hour": 12},
        {"occurred_at|minute|gte": 30},
        {"occurred_at|week": 4},
        {"occurred_at|month": [1, 2]},
        {"occurred_at|year": 2020},
        {"occurred_at|startswith": "2020-01-24"},
        {"weekday": "Friday"},
        {"hour|gt": 11},
        {"exercise": False},
        {"language": None},
        {"language|exists": False},
        {"country|exists": True},
        {"country|neq": "IR"},
        {"country|neq": ["IR", "SY"]},
        {"actors|neq": "Badr"},
        {"country": "IQ", "type": "appeal"},
        [{"country": "SY"}, {"type": "appeal"}],
        ["no such word", "million-man"],
        "EXPEL",
        "s?dr calls*troops",
        {"|all": ["sadr", "troops"]},
        {"|phrase": "million man"},
    ],
    ids=str,
)
def test_a_selection_that_holds(selection: Any) -> None:
    assert holds(selection=selection)


@pytest.mark.parametrize(
    "selection",
    [
        {"title": "a call"},
        {"title": "call*m?rch"},
        {"title": "a*m?rc"},
        {"title|cased": "a call*"},
        {"title|re": "^a CALL"},
        {"words|re": "call.*Sadr"},
        {"language": "*"},
        {"language|neq": "ar"},
        {"country|neq": "iq"},
        {"actors|neq": "iran"},
        {"text|phrase": "million march"},
        {"title|phrase": "million man march"},
        {"target_ids|expand": "%proxies%"},
        {"entities|expand": "%lebanese%"},
        {"words|expand": "%proxies%"},
        {"attributes.unit|gt": 1},
        {"attributes.none": "x"},
        {"attributes.address|cidr": "192.168.0.0/16"},
        {"attributes.unit|cidr": "10.0.0.0/8"},
        {"quantities.participants|gt": 1000},
        {"quantities.rockets|gte": 0},
        {"occurred_until|hour": 12},
        {"weekday": "sunday"},
        {"country|exists": False},
        {"country": None},
        {"country": "IQ", "type": "threat"},
        {"text|contains|all": ["sadr", "iran"]},
        "no such word",
    ],
    ids=str,
)
def test_a_selection_that_does_not_hold(selection: Any) -> None:
    assert not holds(selection=selection)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a and not b", True),
        ("not a or not b", True),
        ("not (a or b)", False),
        ("not a and b or a", True),
        ("1 of them", True),
        ("all of them", False),
        ("1 of b*", False),
        ("all of a*", True),
        ("any of a*", True),
        ("not 1 of them", False),
    ],
)
def test_conditions_join_selections(condition: str, expected: bool) -> None:
    assert holds(condition=condition, a={"country": "IQ"}, b={"country": "SY"}) is expected


def refusal(condition: Any = "selection", **selections: Any) -> str:
    """What is said about a detection that is refused."""
    book, faults = compiled(detecting("rule", condition, **selections))
    assert book.packs[0].rules == ()
    return "\n".join(str(fault) for fault in faults)


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"nothing": 1}, "no event has a field 'nothing'"),
        ({"acters": "x"}, "did you mean actors?"),
        ({"words|near": ["a"]}, "near needs two phrases at least"),
        ({"words|fieldref": "title"}, "the modifier fieldref is not supported yet"),
        ({"words|base64": "x"}, "the modifier base64 is not supported yet"),
        ({"words|contain": "x"}, "did you mean contains?"),
        ({"quantities": 1}, "name one of them"),
        ({"title": []}, "an empty list matches nothing"),
        ({"title": ["a", None]}, "null stands alone"),
        ({"title": {"a": 1}}, "not a map"),
        ({"title": [["a"]]}, "not a list in a list"),
        ({"title": datetime(2020, 1, 1, tzinfo=UTC)}, "not a datetime"),
        ({"title|re": "a(?=b)"}, "RE2 does not take 'a(?=b)'"),
        ({"title|re": "(a"}, "RE2 does not take '(a'"),
        ({"title|re": 5}, "an expression is a text"),
        ({"title|gte": 5}, "title is a text: a comparison never holds there"),
        ({"quantities.x|gte": "5"}, "gte takes a number, not '5'"),
        ({"quantities.x|gte": True}, "gte takes a number, not true"),
        ({"quantities.x|gte|lt": 5}, "gte cannot be combined with lt (write a key for each"),
        ({"title|contains": 5}, "contains takes a text, not 5"),
        ({"title|contains": None}, "contains takes a text, not null"),
        ({"words|says": None}, "says takes a text, not null"),
        ({"words|near": None}, "near takes a text, not null"),
        ({"title|i": "x"}, "i stands behind re"),
        ({"hour": 25}, "hour 25 is outside 0 to 23"),
        ({"hour|gte": -1}, "hour -1 is outside 0 to 23"),
        ({"credibility": 7}, "credibility 7 is outside 1 to 6"),
        ({"lat|gt": 90.5}, "lat 90.5 is outside -90 to 90"),
        ({"credibility": "high"}, "credibility is a number"),
        ({"title|hour": 5}, "hour never holds there"),
        ({"occurred_at|hour": 24}, "hour 24 is outside 0 to 23"),
        ({"weekday": "freitag"}, "a weekday is a name"),
        ({"title": True}, "true never holds there"),
        ({"exercise": "yes"}, "exercise is true or false"),
        ({"hour|phrase": "noon"}, "a phrase never holds there"),
        ({"words|phrase": "mar*ch"}, "is no phrase"),
        ({"words|phrase": "the %proxies"}, "'%proxies': a list is named between two %"),
        ({"words|phrase": "proxies% ~2 march"}, "'proxies%': a list is named between two %"),
        ({"words|phrase|contains": "a"}, "phrase cannot be combined with contains"),
        ({"words|cased|phrase": "a"}, "phrase cannot be combined with cased"),
        ({"words|contains|startswith": "a"}, "contains cannot be combined with startswith"),
        ({"title|endswith|startswith": "a"}, "name one, or ask twice"),
        ({"title|re|endswith": "a"}, "say it in the expression, with ^ and $"),
        ({"occurred_at|hour|minute": 5}, "hour cannot be combined with minute"),
        ({"quantities.x|neq|gte": 5}, "lt what gte is not"),
        ({"occurred_at|minute": 5.5}, "minute is a whole number, not 5.5"),
        ({"occurred_at|hour|gte": 5.5}, "hour is a whole number, not 5.5"),
        ({"hour": 5.5}, "hour is a whole number, not 5.5"),
        ({"credibility|lte": 2.5}, "credibility is a whole number, not 2.5"),
        ({"hour|gt": 23}, "hour is never more than 23 (gte: 23)"),
        ({"occurred_at|month|lt": 1}, "month is never less than 1 (lte: 1)"),
        ({"lat|gt": 90}, "lat is never more than 90"),
        ({"entities|expand": "%proxy%"}, "this pack has no list 'proxy'"),
        ({"entities|expand": "proxies"}, "is no list: write '%name%'"),
        ({"entities|expand": "%proxies%x"}, "is no list: write '%name%'"),
        ({"actor_ids": "bard"}, "did you mean badr?"),
        ({"title|exists": "yes"}, "exists takes true or false, not 'yes'"),
        ({"title|contains|contains": "x"}, "is there twice"),
        ({"place|cidr": "x/8"}, "'x/8' is no network"),
        (None, "null needs a field (what a selection asks for stands below its name"),
        ({}, "nothing to select by"),
    ],
    ids=str,
)
def test_what_can_never_hold_is_refused_and_named(selection: Any, message: str) -> None:
    assert message in refusal(selection=selection)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("selection and", "a selection is missing at its end"),
        ("selection and ()", "cannot be read from ')' on"),
        ("selection and (selection", "as many brackets must be closed as are opened"),
        ("selection AND selection", "'AND' must be in small letters"),
        ("selction", "there is no selection 'selction' (did you mean selection?)"),
        ("selection andnot", "there is no selection 'andnot'"),
        ("2 of them", "there is no '2 of'"),
        ("1 of other*", "no selection is called 'other*'"),
        ("selection | count() > 5", "counts stand in a correlation rule, not behind |"),
        ("not " * 900 + "selection", "nested too deeply"),
        ("selection or " * 900 + "selection", "longer than 4096"),
        (["selection"], "one line of text"),
        (None, "one line of text"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_condition_that_cannot_be_read_is_refused(condition: Any, message: str) -> None:
    fault = refusal(condition, selection={"title": "x"})

    assert "detection.condition" in fault
    assert message in fault


def test_sigmas_old_timeframe_is_refused() -> None:
    assert "detection.timeframe" in refusal(selection={"title": "x"}, timeframe="5m")


def test_a_refused_expression_leaves_standard_error_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    refusal(selection={"title|re": "a(?=b)"})

    assert capfd.readouterr().err == ""


def test_every_refusal_of_a_rule_is_told() -> None:
    faults = refusal(selection={"nothing": 1, "title": []}, other={"words|near": "a"})

    assert len(faults.splitlines()) == 3
