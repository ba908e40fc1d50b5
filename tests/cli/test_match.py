"""`vedette rules match`: which rules match the events of a file."""

import json
from pathlib import Path

from tests.cli.rules_command import EVENTS, run_rules, write_lines
from tests.matcher.adapters.rules.packs import ROCKETS, changed, write_pack


def test_match_prints_a_line_for_each_event(tmp_path: Path) -> None:
    result = run_rules(
        "match", "--rules", str(write_pack(tmp_path)), "--events", "-", given=write_lines(*EVENTS)
    )

    assert result.exit_code == 0
    nobody: dict[str, list[str]] = {"names": [], "sites": [], "doers": [], "undergoers": []}
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"id": "1", "rules": ["rockets"], "entities": []} | nobody,
        {"id": "2", "rules": [], "entities": ["badr"]} | nobody,
    ]


def test_match_prints_unknown_names_and_the_sites_of_coordinates(tmp_path: Path) -> None:
    bases = """
name: bases
sites: [{id: camp-taji, name: Camp Taji, lat: 33.524, lon: 44.257, radius_km: 6}]
"""
    event = {
        "id": "3",
        "source": "a",
        "occurred_at": "2020-01-14T18:40:00Z",
        "text": "The Revenge Brigade fired.",
        "lat": 33.5,
        "lon": 44.25,
    }
    folder = str(write_pack(tmp_path, places__bases=bases))

    result = run_rules("match", "--rules", folder, "--events", "-", given=write_lines(event))

    (matched,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert matched["names"] == ["Revenge Brigade"]
    assert matched["sites"] == ["camp-taji"]


def test_match_runs_the_good_rules_of_a_faulty_pack(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, indicators__broken="a: [")

    result = run_rules("match", "--rules", str(pack), "--events", "-", given=write_lines(EVENTS[0]))

    assert result.exit_code == 1
    assert "broken.yaml" in result.stderr
    assert json.loads(result.stdout)["rules"] == ["rockets"]


def test_match_explains_what_each_part_met_and_lacked(tmp_path: Path) -> None:
    attack = "name: attack\nkind: words\nwords: {en: [attack/v]}\ncases: {holds: [attacked]}\n"
    rule = changed(
        ROCKETS, "words|phrase: rocket* hit* ~3", "words|says: ['%proxies% > %attack%', base]"
    )
    folder = str(write_pack(tmp_path, lists__attack=attack, indicators__rockets=rule))
    event = EVENTS[1] | {"text": "Badr attacked a camp."}

    result = run_rules(
        "match", "--explain", "--rules", folder, "--events", "-", given=write_lines(event)
    )

    (matched,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert matched["explain"] == [
        {
            "rule": "rockets",
            "holds": False,
            "sentence": "Badr attacked a camp.",
            "parts": [
                {"part": "%proxies% > %attack%", "holds": True, "met": ["Badr", "attacked"]},
                {"part": "base", "holds": False, "lacks": "base"},
            ],
        }
    ]


def test_match_reads_labelled_reports_without_their_labels(tmp_path: Path) -> None:
    label = {"expect": ["rockets"], "allow": ["other"], "kind": "easy", "why": "It says so."}
    labelled = {"id": "l1", "text": "Rockets hit the base."} | label

    folder, given = str(write_pack(tmp_path)), write_lines(labelled)
    result = run_rules("match", "--rules", folder, "--events", "-", given=given)

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["rules"] == ["rockets"]


def test_match_refuses_a_label_that_is_none_of_a_labelled_report(tmp_path: Path) -> None:
    misspelled = {"id": "l1", "text": "Rockets hit the base.", "expects": ["rockets"]}

    folder, given = str(write_pack(tmp_path)), write_lines(misspelled)
    result = run_rules("match", "--rules", folder, "--events", "-", given=given)

    assert result.exit_code == 1
    assert "line 1: expects: there is no such key" in result.stderr
