from pathlib import Path
from textwrap import dedent

from schemas.timeline import Timeline
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.adapters.rules.timeline_file import read_timelines
from tests.matcher.adapters.rules.packs import write_pack

GOOD = """
    pack: iraq
    timelines:
      - name: rockets hit
        events: [{at: 1h, text: Rockets hit the base.}]
        fires: [{fires: rockets, at: 1h}]
      - name: nothing
        events: [{at: 1h, text: Rain.}]
        silent: [rockets]
"""


def read(folder: Path, text: str) -> tuple[list[Timeline], list[str]]:
    packs = read_rule_files(write_pack(folder)).packs
    timelines, faults = read_timelines("t.yaml", dedent(text).encode(), packs)
    assert {pack for pack, _ in timelines} <= {"iraq"}
    return [timeline for _, timeline in timelines], [str(fault) for fault in faults]


def test_timelines_are_read_with_their_pack(tmp_path: Path) -> None:
    timelines, faults = read(tmp_path, GOOD)

    assert [timeline.name for timeline in timelines] == ["rockets hit", "nothing"]
    assert faults == []


def test_a_pack_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    timelines, faults = read(tmp_path, GOOD.replace("pack: iraq", "pack: iran"))

    assert timelines == []
    assert faults == ["t.yaml:2: pack: there is no pack 'iran' among the rules"]


def test_a_name_that_no_rule_has_is_a_fault_and_the_others_are_read(tmp_path: Path) -> None:
    timelines, faults = read(tmp_path, GOOD.replace("silent: [rockets]", "silent: [rocket]"))

    assert [timeline.name for timeline in timelines] == ["rockets hit"]
    (fault,) = faults
    assert fault == (
        "t.yaml:9: timelines.1.silent.0: no rule of this pack alerts as 'rocket'"
        " (did you mean rockets?)"
    )


def test_a_malformed_event_is_a_fault(tmp_path: Path) -> None:
    _, faults = read(tmp_path, GOOD.replace("text: Rain.", "txt: Rain."))

    (fault,) = faults
    assert fault.startswith("t.yaml:8: timelines.1.events.0: ")


def test_a_timeline_that_expects_nothing_is_a_fault(tmp_path: Path) -> None:
    timelines, faults = read(tmp_path, GOOD.replace("silent: [rockets]", "silent: []"))

    assert timelines == []
    assert "needs fires or silent" in faults[0]
