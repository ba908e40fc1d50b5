"""Any file of a rule pack is read, or refused at its line; nothing hangs, no good rule is lost."""

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.document_faults import DocumentFault
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.adapters.rules.packs import HEAD, PROXIES, ROCKETS
from tests.matcher.rules import report

ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=200)
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
        st.sampled_from(["rocket", "%proxies%", "%nothing%", "rules", "1h", "99999999d", "silent"]),
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


def loaded(
    folder: Path, text: bytes, wild: str = "indicators/wild.yaml"
) -> tuple[Rulebook, tuple[DocumentFault, ...]]:
    """A good pack with one file of these bytes."""
    for name, value in (
        ("pack.yaml", HEAD),
        ("lists/proxies.yaml", PROXIES),
        ("indicators/rockets.yaml", ROCKETS),
    ):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(value, encoding="utf-8")
    (folder / wild).parent.mkdir(exist_ok=True)
    (folder / wild).write_bytes(text)
    return read_rule_files(folder).rulebook()


def asked(text: bytes) -> list[DocumentFault]:
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


OTHERS = {
    "pack.yaml": {
        "title": "Wild",
        "owner": "desk",
        "defaults": {"level": "high", "resolve_after": "3h"},
        "organisation_heads": ["front", "brigade*"],
    },
    "lists/wild.yaml": {
        "name": "wild",
        "members": [
            {"id": "badr", "name": "Badr", "alignment": "iran", "parent": "aah"},
            {"id": "aah", "name": "AAH", "aliases": ["x", {"alias": "y", "unless": ["y z"]}]},
        ],
    },
    "places/wild.yaml": {
        "name": "sites",
        "sites": [{"id": "taji", "name": "Taji", "lat": 33.5, "lon": 44.2, "radius_km": 5}],
    },
    "hypotheses.yaml": {
        "hypotheses": [
            {
                "name": "worst",
                "title": "The worst",
                "indicators": [{"rule": "rockets", "weight": 2, "half_life": "7d"}],
                "levels": {"watch": 1, "elevated": 2, "high": 3},
                "observed": [{"rule": "rockets", "at": "2020-01-03", "note": "seen"}],
            }
        ]
    },
}


@given(data=st.data())
def test_any_other_file_with_any_value_in_any_place_is_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(OTHERS)))
    good = deepcopy(OTHERS[name])
    holder, key = data.draw(st.sampled_from(list(_parts(good))))
    holder[key] = data.draw(VALUES)
    text = yaml.safe_dump(good, allow_unicode=True).encode()

    with TemporaryDirectory() as folder:
        book, faults = loaded(Path(folder), text, name)

    assert all(fault.message and 1 <= fault.line <= text.count(b"\n") + 1 for fault in faults)
    assert "rockets" in {rule.name for pack in book.packs for rule in pack.rules}
    replay(book, [EVENT])


def test_the_other_files_are_good_before_they_are_changed(tmp_path: Path) -> None:
    for number, (name, good) in enumerate(OTHERS.items()):
        _, faults = loaded(tmp_path / str(number), yaml.safe_dump(good).encode(), name)
        assert faults == ()


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
