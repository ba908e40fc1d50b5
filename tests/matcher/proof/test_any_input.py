"""Whatever a rule or a report says: no crash, no hang, and every fault at its line."""

import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from schemas.alert import Alert
from schemas.event import Event
from schemas.signal import Signal
from services.matcher.adapters.rule_files import read_rule_files
from services.matcher.domain.faults import RuleFault
from services.matcher.domain.fold import fold, raw_stretch
from services.matcher.domain.matching import matches
from services.matcher.domain.phrases import InvalidPhrase, name_forms, parse_phrase
from services.matcher.domain.replay import replay
from services.matcher.domain.rulebook import Rulebook
from services.matcher.domain.scan import ScannedText, Scanner, places
from services.matcher.domain.signals import signals
from services.matcher.domain.template import mentioned, rendered
from tests.matcher.adapters.packs import HEAD, PROXIES, ROCKETS
from tests.matcher.builders import RULE, hit, mark
from tests.matcher.course import Course
from tests.matcher.proof.test_whole_path import BOOK, streams
from tests.matcher.rules import compiled, detecting, report

ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=200)
WORDS = st.lists(
    st.sampled_from(["march", "Marching", "كتائب", "الحشد", "Kata'ib", "al-Haq", "a", "b", "b's"]),
    max_size=12,
).map(" ".join)


@given(text=ANYTHING)
@example("\ud800")
@example("'s" * 500)
@example("\u0301" * 500)
def test_any_text_folds_to_words_that_fold_to_themselves(text: str) -> None:
    folded = fold(text)

    assert fold(folded) == folded
    assert folded == f" {' '.join(folded.split())} ".replace("  ", " ")


@given(text=ANYTHING)
def test_any_stretch_of_folded_words_stands_in_the_raw_text(text: str) -> None:
    folded = fold(text)

    for word in re.finditer("[^ ]+", folded):
        stretch = raw_stretch(text, word.start(), word.end())
        assert 0 <= stretch.start < stretch.end <= len(text)


@given(name=ANYTHING)
def test_any_name_has_folded_forms(name: str) -> None:
    for form in name_forms(name):
        assert fold(form).strip() == form


@given(written=st.one_of(ANYTHING, WORDS, st.text("ab *~0129-'ال\n", max_size=30)), text=WORDS)
def test_any_phrase_is_looked_for_or_refused_with_words(written: str, text: str) -> None:
    try:
        phrase = parse_phrase(written)
    except InvalidPhrase:
        return

    scan = Scanner(piece.literal for piece in phrase.pieces).scan([ScannedText("text", text)])

    for place in places(scan, phrase):
        stretch = scan.stretch(place)
        assert 0 <= stretch.start < stretch.end <= len(text)


@given(
    wanted=st.lists(st.sampled_from(["a", "b*", "c"]), min_size=1, max_size=3),
    slack=st.integers(0, 4),
    text=st.lists(st.sampled_from(["a", "b", "bb", "c", "x"]), max_size=14),
)
def test_a_phrase_is_found_where_plain_search_finds_it(
    wanted: list[str], slack: int, text: list[str]
) -> None:
    assume(not slack or len(wanted) > 1)
    written = " ".join(wanted) + (f" ~{slack}" if slack else "")
    phrase = parse_phrase(written)

    scan = Scanner(piece.literal for piece in phrase.pieces).scan(
        [ScannedText("text", " ".join(text))]
    )

    assert bool(places(scan, phrase)) == _stands(wanted, slack, text)


def _stands(wanted: list[str], slack: int, text: list[str]) -> bool:
    """Whether the words come in order, with at most `slack` others between them in all."""
    # for each place that the words so far may end at: how many others may still be let in
    reached = {
        place: slack for place, word in enumerate(text) if re.fullmatch(_plain(wanted[0]), word)
    }
    for one in wanted[1:]:
        fits = [place for place, word in enumerate(text) if re.fullmatch(_plain(one), word)]
        left = {
            place: [
                slack - (place - before - 1)
                for before, slack in reached.items()
                if 0 <= place - before - 1 <= slack
            ]
            for place in fits
        }
        reached = {place: max(several) for place, several in left.items() if several}
    return bool(reached)


def _plain(word: str) -> str:
    return word.replace("*", r"\w*")


@given(written=st.one_of(ANYTHING, WORDS))
def test_any_phrase_of_a_rule_is_a_fault_or_a_rule_that_can_be_asked(written: str) -> None:
    book, faults = compiled(detecting("rule", selection={"words|phrase": written}))

    assert all(fault.field == "detection.selection.words|phrase" for fault in faults)
    assert not (faults and book.packs[0].rules)
    matches(book, report("a march of the Hashd"))


KEYS = (
    *("title", "name", "logsource", "detection", "condition", "selection", "words|phrase"),
    *("level", "tests", "events", "expect", "at", "text", "fires", "correlation", "type"),
    *("rules", "timespan", "group-by", "alert", "summary", "corroboration", "sources"),
    *("geo|within_km", "words|near", "place|re", "aliases", "quantities.rockets|gte"),
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from(["rocket", "%proxies%", "%nothing%", "rules", "1h", "high", "silent"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=25,
)
JOINT = """
    title: Many rockets
    name: many
    correlation:
      type: value_count
      rules: [rockets]
      timespan: 7d
      group-by: [place]
      condition: {field: actors, gte: 3}
    level: high
    corroboration: {sources: 2, within: 48h}
"""
EVENT = report("Rockets hit the base in Taji; Badr marched.", place="Taji", actors=["Badr"])


def loaded(folder: Path, text: bytes) -> tuple[Rulebook, tuple[RuleFault, ...]]:
    """A good pack with one more file of these bytes."""
    for name, said in (
        ("pack.yaml", HEAD),
        ("lists/proxies.yaml", PROXIES),
        ("indicators/rockets.yaml", ROCKETS),
    ):
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(said, encoding="utf-8")
    (folder / "indicators" / "wild.yaml").write_bytes(text)
    return read_rule_files(folder).rulebook()


def asked(text: bytes) -> list[RuleFault]:
    """The faults of a wild file, after the rules that are left have been asked.

    Every fault has a line of the file, or the one after its end where more was expected; the
    good rule of the pack is never lost.
    """
    with TemporaryDirectory() as folder:
        book, faults = loaded(Path(folder), text)
    assert any(rule.name == "rockets" for pack in book.packs for rule in pack.rules)
    assert all(fault.message and 1 <= fault.line <= text.count(b"\n") + 2 for fault in faults)
    assert {Path(fault.file).name for fault in faults} <= {"wild.yaml"}
    replay(book, [EVENT])
    return list(faults)


@given(value=VALUES)
def test_any_document_is_a_rule_or_a_fault(value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True).encode()

    assert asked(text)


@given(data=st.data())
def test_a_good_rule_with_any_value_in_any_place_is_a_rule_or_a_fault(data: st.DataObject) -> None:
    good = yaml.safe_load(data.draw(st.sampled_from([ROCKETS, JOINT])))
    good["name"] = "wild"
    parts = list(_parts(good))
    holder, key = data.draw(st.sampled_from(parts))
    holder[key] = data.draw(VALUES)

    asked(yaml.safe_dump(good, allow_unicode=True).encode())


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    """Every place of a document: what holds it, and its key or index there."""
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for key, inner in pairs:
        yield value, key
        yield from _parts(inner)


@given(data=st.data())
def test_a_good_file_with_any_letters_changed_is_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([ROCKETS, JOINT]))
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 12)))
    written = data.draw(st.one_of(st.text(":-[]{}|>&*!%@`\"'#,?\t\n x", max_size=6), ANYTHING))

    asked(f"{text[:start]}{written}{text[end:]}".encode("utf-8", "surrogatepass"))


@given(text=st.binary(max_size=200))
def test_any_bytes_are_a_fault_or_nothing(text: bytes) -> None:
    asked(text)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "NO",
            "on",
            "Yes",
            "~",
            "0o17",
            "017",
            "0x1F",
            "1_000",
            "12:30:45",
            "1e3",
            ".inf",
            ".NaN",
        ),
        *(
            "2020-01-24",
            "2020-01-24T10:00:00Z",
            "=",
            "<<",
            "!!python/object:os.system x",
            "!!set {a}",
        ),
        *("!!binary aGk=", "&a [*a]", "*nothing", "!!str 5", "!!int five", "? [a]: b", "|\n x", ""),
    ],
)
@pytest.mark.parametrize("place", ["level", "title", "timespan", "[field, x]", "place"])
def test_a_trap_of_yaml_is_read_as_written_or_refused_at_its_line(written: str, place: str) -> None:
    detection = "{place: WRITTEN, condition: a}" if place == "place" else "{a: {place: x}}"
    text = f"title: t\nname: wild\nlogsource: {{category: report}}\n{place}: {written}\n"

    faults = asked(f"{text}detection: {detection}\n".encode())

    assert faults


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "a:\n" + "".join(f"{' ' * depth}- a:\n" for depth in range(1, 400)),
        "- " * 20_000,
        "a: " + "x" * 3_000_000,
        "&a " * 10_000,
        "title: " + "\\" * 100_000,
        "a: [" + "1, " * 200_000 + "1]",
        "detection: {condition: '" + "not " * 5_000 + "a', a: {place: x}}",
        "detection: {condition: '" + "(" * 2_000 + "a" + ")" * 2_000 + "', a: {place: x}}",
        "detection: {condition: '" + "a or " * 3_000 + "a', a: {place: x}}",
        "detection: {condition: a, a: {place|re: '" + "(a|b)" * 20_000 + "'}}",
        "detection: {condition: a, a: {place|re: '((a{1000}){1000}){1000}'}}",
        "detection: {condition: a, a: {words|phrase: '" + "a " * 20_000 + "'}}",
        "detection: {condition: a, a: {words: '" + "*a" * 5_000 + "'}}",
    ],
    ids=lambda text: f"{text[:30]}…",
)
@pytest.mark.timeout(60)
def test_a_huge_or_deep_file_is_read_or_refused_in_time(text: str) -> None:
    head = "title: t\nname: wild\nlogsource: {category: report}\n"

    asked((head + text if text.startswith("detection") else text).encode())


OF_TEMPLATES = (
    *("{{", "}}", "{%", "%}", "value", "values", "place", "|", "join(',')", "for", "one"),
    *("in", "values", "if", "else", "endif", "endfor", "endfor", "set", "x", "=", "(", ")"),
    *("[0]", ".x", "'a'", "+", "*", "**", "9", "%", "~", "group.place", "first", "sum(1)"),
    *("round(2)", "not", "macro", "m()", "endmacro", "call", "filter", "upper"),
    *("endfilter", "{#", "#}", "loop.index", "range(9)", "import", "include", "'x'", "raw"),
    *("endraw", "self", "__class__", "none", "true", "-%}", "{%-", "%s", ".format(1)"),
    *("title"),
)
PIECES = st.lists(
    st.one_of(
        st.sampled_from(OF_TEMPLATES),
        st.text(max_size=3),
    ),
    max_size=14,
).map(" ".join)


@given(template=PIECES)
@example("{{ '{0.x}'.format(1) }}")
@example("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
@example("{{ value | nosuchfilter }}")
@example("{% include 'x' %}")
@example("{{ range(10000000) | list }}")
@example("{{ ().__class__.__mro__ }}")
@example("{{ values.append(1) }}")
@example("{{ 1 / 0 }}")
@example("{{ " + "(" * 5_000 + ")" * 5_000 + " }}")
@example("{{ " + "not " * 5_000 + "x }}")
@settings(max_examples=300)
def test_any_template_is_refused_or_rendered(template: str) -> None:
    values = {"value": "3", "values": ["a", "b"], "group": {"place": "Taji"}, "title": "T"}

    refused = _refused(template)

    if refused is None:
        assert isinstance(rendered(template, values), str)
    else:
        assert refused.startswith("line ")


def _refused(template: str) -> str | None:
    try:
        mentioned(template)
    except ValueError as error:
        return str(error)
    return None


@given(
    hours=st.lists(st.integers(0, 40), max_size=12),
    out=st.lists(st.integers(0, 40), max_size=3),
    text=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_a_state_comes_back_from_its_bytes(hours: list[int], out: list[int], text: str) -> None:
    course = Course(RULE)
    for hour in hours:
        told = hit(hour, values=(text,))
        course.take(told.model_copy(update={"fields": {"place": text, "value": 1.5}}))
    course.take(*(mark(hour) for hour in out))
    before = course.state

    assert course.restore().state == before


@given(events=streams())
def test_signals_and_alerts_come_back_from_their_json(events: list[Event]) -> None:
    sent = [signal for event in events for signal in signals(BOOK, event)]
    alerts = replay(BOOK, events).alerts

    again = [Signal.model_validate_json(_json(one)) for one in sent]
    alerts_again = [Alert.model_validate_json(_json(one)) for one in alerts]
    events_again = [Event.model_validate_json(_json(one)) for one in events]

    assert (again, alerts_again, events_again) == (sent, alerts, events)


def _json(model: Event | Signal | Alert) -> str:
    return model.model_dump_json(exclude_defaults=True)
