"""Files of a pack that stand where they would not be read as what they are."""

from pathlib import Path
from textwrap import dedent

import pytest

from services.matcher.adapters.rules.pack_files import bundle_files, read_folder, unbundle_files
from services.matcher.adapters.rules.rule_files import read_packs
from tests.matcher.adapters.rules.packs import PROXIES, ROCKETS, faults_of, write_pack

WORDS = "name: march\nwords:\n  en: [march/v]\ncases:\n  holds: [a march]\n  lacks: [a walk]\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("more.yaml", ROCKETS),
        ("more.yaml", PROXIES),
        ("hypothesis.yaml", "hypotheses: []\n"),
        ("indicators/more.YAML", ROCKETS),
        ("indicators/more.yaml.txt", ROCKETS),
        ("indicators/more/more.yaml", ROCKETS),
    ],
)
def test_a_rule_or_list_that_would_never_be_read_is_a_fault(
    tmp_path: Path, path: str, text: str
) -> None:
    pack = write_pack(tmp_path)
    (pack / path).parent.mkdir(exist_ok=True)
    (pack / path).write_text(dedent(text), encoding="utf-8")

    (fault,) = faults_of(pack)
    assert fault.startswith(f"{path}:1: no file of a pack: it would never be read (rules go to")


@pytest.mark.parametrize("path", ["timeline.expected.yaml", "notes.yaml"])
def test_what_is_no_part_of_a_pack_may_stand_beside_its_head(tmp_path: Path, path: str) -> None:
    pack = write_pack(tmp_path)
    (pack / path).write_text("alerts: []\n", encoding="utf-8")

    assert faults_of(pack) == []


def test_a_rule_among_lists_is_one_fault(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, lists__more=ROCKETS)

    (fault,) = faults_of(pack)
    assert fault.startswith("lists/more.yaml:2: is no list (rules go to indicators/*.yaml")


@pytest.mark.parametrize("text", [PROXIES, WORDS])
def test_a_list_among_rules_is_one_fault(tmp_path: Path, text: str) -> None:
    pack = write_pack(tmp_path, indicators__more=text)

    (fault,) = faults_of(pack)
    assert "is no rule (rules go to indicators/*.yaml, lists to lists/*.yaml" in fault


def test_a_list_of_words_without_its_kind_lacks_nothing_else(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, lists__march=WORDS)

    assert faults_of(pack) == ["lists/march.yaml:1: kind: is missing (write kind: words)"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("iraq/rockets.yml", "iraq/rockets.yml:1: no file of a pack"),
        ("iraq/more/rockets.yaml", "iraq/more/rockets.yaml:1: no file of a pack"),
        ("iran/indicators/rockets.yaml", "iran:1: no pack.yaml in it"),
        ("rockets.yaml", "rockets.yaml:1: no pack.yaml in it"),
        ("iraq/indicators/broken.yaml", "iraq/indicators/broken.yaml:1: is no YAML"),
    ],
)
def test_what_no_reader_of_a_folder_would_take_is_a_fault_in_a_bundle(
    path: str, message: str
) -> None:
    packs = unbundle_files({"iraq/pack.yaml": "title: Iraq\nowner: desk\n", path: "a: ["})

    faults = [str(fault) for fault in read_packs(*packs).faults]

    assert any(fault.startswith(message) for fault in faults), faults


def test_what_measures_a_pack_is_no_part_of_it(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, labelled__timelines="pack: iraq")

    packs, _ = read_folder(pack)

    assert faults_of(pack) == []
    assert "iraq/labelled/timelines.yaml" not in bundle_files(packs)
