"""One mistake is one fault: not one more in every file that names what it hides."""

from pathlib import Path
from textwrap import dedent

import pytest

from services.matcher.adapters.rules.rule_files import read_rule_files
from tests.cli.rules_command import run_rules
from tests.matcher.adapters.rules.packs import PROXIES, ROCKETS, changed, write_pack

WORDS = """
    name: hits
    kind: words
    title: Hits
    words: {en: [hit/v]}
    cases: {holds: [It hit.], lacks: [It sat.]}
"""
SITES = """
    title: Bases
    name: bases
    sites:
      - {id: taji, name: Taji, lat: 33.5, lon: 44.3, radius_km: 5}
"""
MANY = """
    title: Many rockets
    name: many
    correlation: {type: event_count, rules: [rockets], timespan: 7d, condition: {gte: 3}}
    level: high
"""
FIRE = "{words|phrase: rocket* hit* ~3}"
RULES = {
    "a member of it": ("{entities|expand: '%proxies%'}", "lists/proxies", PROXIES),
    "a list in a phrase": ("{words|phrase: 'x %hits%'}", "lists/hits", WORDS),
    "a list in what is said": ("{words|says: '%hits%'}", "lists/hits", WORDS),
    "a site": ("{geo|within_km: taji 5}", "places/bases", SITES),
    "a list of sites": ("{geo|within_km: '%bases% 5'}", "places/bases", SITES),
    "whom a list has": ("{entities: badr}", "lists/proxies", PROXIES),
}
MISTAKES = {"an unknown key": "titel: x", "no YAML": "x: [", "no UTF-8": "x: \udcff"}


def list_faults(pack: Path) -> list[str]:
    lines = run_rules("check", "--rules", str(pack)).stderr.splitlines()
    return [line.removeprefix(f"{pack}/") for line in lines]


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize(("asked", "file", "text"), RULES.values(), ids=RULES)
def test_a_rule_is_not_blamed_for_a_file_at_fault(
    tmp_path: Path, asked: str, file: str, text: str, mistake: str
) -> None:
    pack = write_pack(tmp_path, indicators__rockets=changed(ROCKETS, FIRE, asked))
    broken = f"{dedent(text)}{mistake}\n"
    (pack / f"{file}.yaml").parent.mkdir(exist_ok=True)
    (pack / f"{file}.yaml").write_bytes(broken.encode(errors="surrogateescape"))

    faults = list_faults(pack)

    assert faults
    assert all(fault.startswith(f"{file}.yaml:") for fault in faults)


def test_a_base_rule_needs_no_case_while_the_rule_above_cannot_be_read(tmp_path: Path) -> None:
    faulty = changed(MANY, "timespan: 7d", "timespan: a week")
    base, _, _ = ROCKETS.partition("    tests:")

    faults = list_faults(write_pack(tmp_path, indicators__rockets=f"{base}---{faulty}"))

    assert [fault.split(": ")[1] for fault in faults] == ["correlation.timespan"]


def test_a_rule_above_is_not_blamed_for_its_base(tmp_path: Path) -> None:
    faulty = changed(ROCKETS, "level: high\n", "levle: high\n")

    faults = list_faults(write_pack(tmp_path, indicators__rockets=f"{faulty}---{MANY}"))

    assert not [fault for fault in faults if "has no rule" in fault]


def test_what_no_file_has_is_a_fault_beside_those_of_others(tmp_path: Path) -> None:
    asked = changed(ROCKETS, FIRE, "{entities|expand: '%nobody%'}")
    broken = f"{dedent(PROXIES)}titel: x\n"

    faults = list_faults(write_pack(tmp_path, indicators__rockets=asked, lists__proxies=broken))

    assert any("this pack has no list 'nobody'" in fault for fault in faults)


HEADS = {
    "a bad value": "uses: [core]\ndefaults: {level: mediun}\n",
    "an unknown key": "uses: [core]\nuse: x\n",
    "an unknown pack": "uses: [cor]\n",
    "no name of what it uses": "use: [core]\n",
    "no YAML": "uses: [core\n",
}


@pytest.mark.parametrize("keys", HEADS.values(), ids=HEADS)
def test_a_fault_of_the_head_is_the_only_one(tmp_path: Path, keys: str) -> None:
    fire = "{words|says: ['%hits%', '%struck%']}"
    struck = "name: struck\nkind: words\nwords: {en: ['%hits%']}\ncases: {holds: [It hit.]}\n"
    more = (
        f"{WORDS.replace('hit/v', 'strike/v').replace('It hit', 'It strikes')}    extends: core\n"
    )
    write_pack(tmp_path, "core", lists__hits=WORDS)
    pack = write_pack(
        tmp_path,
        pack=f"title: Pack\nowner: desk\n{keys}",
        indicators__rockets=f"{changed(ROCKETS, FIRE, fire)}---{MANY}",
        lists__struck=struck,
        lists__hits=more,
    )

    faults = [fault for fault in list_faults(pack) if ": tests" not in fault]

    assert len(faults) == 1
    assert faults[0].startswith("pack.yaml:")


def test_a_head_at_fault_still_names_the_lists_of_others(tmp_path: Path) -> None:
    write_pack(tmp_path, "core", lists__hits=WORDS)
    pack = write_pack(
        tmp_path,
        pack="title: Pack\nowner: desk\nuses: [core]\ndefaults: {level: mediun}\n",
        indicators__rockets=changed(ROCKETS, FIRE, "{words|phrase: '%hits%'}"),
        indicators__typo=changed(
            changed(ROCKETS, FIRE, "{words|phrase: '%hist%'}"), "name: rockets\n", "name: typo\n"
        ),
    )

    read = read_rule_files(pack)
    book, faults = read.rulebook()

    assert ("iraq", "rockets") in book.windows
    assert "there is no list 'hist' (did you mean hits?)" in str(faults[-1])


@pytest.mark.parametrize(
    ("old", "new"),
    [("{en: [hit/v]}", "{en: ['%hits%']}"), ("hit/v", "hit/x")],
    ids=["a list in itself", "an entry that is none"],
)
def test_a_list_at_fault_is_the_only_fault(tmp_path: Path, old: str, new: str) -> None:
    pack = write_pack(
        tmp_path,
        indicators__rockets=f"{changed(ROCKETS, FIRE, RULES['a list in a phrase'][0])}---{MANY}",
        lists__hits=changed(WORDS, old, new),
    )

    faults = [fault for fault in list_faults(pack) if ": tests" not in fault]

    assert len(faults) == 1
    assert faults[0].startswith("lists/hits.yaml:")


def test_a_fault_that_two_entries_have_is_printed_once(tmp_path: Path) -> None:
    words = changed(WORDS, "{en: [hit/v]}", "{xx: [hit, strike]}")

    (fault,) = list_faults(write_pack(tmp_path, lists__hits=words))

    assert "lists/hits.yaml:5: words.xx: there is no language 'xx'" in fault
