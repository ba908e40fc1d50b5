import json
from pathlib import Path

import pytest

from cli.faults import CommandFailure
from tests.cli.meaning_pack import write_meaning_pack
from tests.cli.rules_command import EVENTS, run_rules, write_lines
from tests.matcher.adapters.rules.packs import ROCKETS, changed, write_pack


def test_check_reports_no_fault_of_a_good_pack(tmp_path: Path) -> None:
    result = run_rules("check", "--rules", str(write_pack(tmp_path)))

    assert (result.exit_code, result.stdout) == (0, "1 rule, no fault\n")


def test_check_notes_a_rule_that_is_evaluated_on_every_event(tmp_path: Path) -> None:
    costly = changed(ROCKETS, "condition: fire", "condition: not fire")

    result = run_rules("check", "--rules", str(write_pack(tmp_path, indicators__rockets=costly)))

    assert (result.exit_code, result.stdout) == (0, "1 rule, no fault\n")
    assert result.stderr.startswith(f"{tmp_path}/iraq/indicators/rockets.yaml:")
    assert result.stderr.endswith(": note: rockets is costly: evaluated on every event\n")


def test_check_prints_faults_and_notes_for_a_forge(tmp_path: Path) -> None:
    costly = changed(ROCKETS, "condition: fire", "condition: not fire")
    faulty = changed(changed(ROCKETS, "level: high\n", "levle: high\n"), "rockets\n", "fires\n")
    pack = write_pack(tmp_path, indicators__rockets=costly, indicators__z=faulty)

    result = run_rules("check", "--rules", str(pack), "--format", "json")

    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr) == (1, "")
    assert [each["level"] for each in found].count("note") == 1
    assert {"levle", ""} <= {each["field"] for each in found}


def test_check_reads_the_labelled_files_that_a_pack_names(tmp_path: Path) -> None:
    pack = write_meaning_pack(tmp_path)
    (pack / "labelled" / "seen.jsonl").write_text('{"text": 7}\n')
    bad = run_rules("check", "--rules", str(pack))
    (pack / "labelled" / "seen.jsonl").unlink()
    missing = run_rules("check", "--rules", str(pack))
    assert bad.exit_code == missing.exit_code == 1
    assert "labelled/seen.jsonl:1: expect: is missing" in bad.output
    assert "pack.yaml:4: reader.labelled: labelled/seen.jsonl cannot be read" in missing.output


def test_check_reports_every_fault_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    twice = changed(changed(ROCKETS, "level: high\n", "levle: high\n"), "rockets\n", "Rockets!\n")
    lacking = changed(ROCKETS, "expect: silent", "expect: [{fires: rockets}]")

    result = run_rules(
        "check", "--rules", str(write_pack(tmp_path, indicators__a=twice, indicators__b=lacking))
    )

    faults = [
        line.removeprefix(f"{tmp_path}/iraq/indicators/") for line in result.stderr.splitlines()
    ]
    assert result.exit_code == 1
    assert [line.rpartition(": ")[0][:20] for line in faults] == [
        "a.yaml:3: name",
        "a.yaml:8: levle",
        "b.yaml:10: tests",
        "rockets.yaml:3: name",
    ]


def test_test_shows_the_alerts_of_each_case_and_what_no_case_meets(tmp_path: Path) -> None:
    wider = changed(ROCKETS, "rocket* hit* ~3}", '["rocket* hit* ~3", mortar]}')
    folder = str(write_pack(tmp_path, indicators__rockets=wider))

    result = run_rules("test", "--rules", folder, "--show", "--coverage")

    assert "rockets hit a base: 1 alert\n  01 01:00 high firing rockets: Rockets at Taji\n" in (
        result.stdout
    )
    assert "an ordinary day: 0 alerts\n" in result.stdout
    assert "rockets: fire: words|phrase: mortar is met by no case\n" in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        ("{{ text | join(', ') }}", "join is for lists, and this is a text"),
        ("{{ value - 1 }}", "unsupported operand"),
    ],
    ids=["a text joined letter by letter", "an operation that fails"],
)
def test_a_text_that_cannot_be_rendered_fails_its_case(
    tmp_path: Path, summary: str, reason: str
) -> None:
    broken = changed(ROCKETS, "Rockets at {{ place }}", summary).replace(
        ", summary: Rockets at Taji", ""
    )

    result = run_rules("test", "--rules", str(write_pack(tmp_path, indicators__rockets=broken)))

    assert "  the summary of rockets: (the rule's text cannot be rendered: " in result.stdout
    assert reason in result.stdout
    assert result.exit_code == 1


def test_check_names_a_variable_that_no_report_and_no_alert_has(tmp_path: Path) -> None:
    broken = changed(ROCKETS, "{{ place }}", "{{ palce }}")

    result = run_rules("check", "--rules", str(write_pack(tmp_path, indicators__rockets=broken)))

    assert "alert.summary: no report and no alert has 'palce' (did you mean place?)" in (
        result.stderr
    )
    assert result.exit_code == 1


def test_test_runs_the_cases(tmp_path: Path) -> None:
    result = run_rules("test", "--rules", str(write_pack(tmp_path)))

    assert (result.exit_code, result.stdout) == (0, "2 cases pass, 0 fail\n")


def test_test_prints_what_differs(tmp_path: Path) -> None:
    wrong = changed(ROCKETS, "at: 1h, level: high,", "at: 1h, level: low,")

    result = run_rules("test", "--rules", str(write_pack(tmp_path, indicators__rockets=wrong)))

    assert result.exit_code == 1
    assert "rockets.yaml: rockets: rockets hit a base:\n" in result.stdout
    assert "expected level 'low', not 'high'" in result.stdout
    assert "1 case passes, 1 fails" in result.stdout


TIMELINES = """
pack: iraq
timelines:
  - name: a hit
    events: [{at: 1h, text: Rockets hit the base.}]
    fires: [{fires: rockets}]
  - name: a hit that must be silent
    events: [{at: 1h, text: Rockets hit the base.}]
    silent: [rockets]
"""


def test_test_runs_the_timelines_of_a_file_too(tmp_path: Path) -> None:
    timelines = tmp_path / "timelines.yaml"
    timelines.write_text(TIMELINES)

    result = run_rules("test", "--rules", str(write_pack(tmp_path)), "--timelines", str(timelines))

    assert result.exit_code == 1
    assert f"{timelines}: a hit that must be silent:\n  expected silence" in result.stdout
    assert "3 cases pass, 1 fails" in result.stdout


def test_timelines_that_are_not_there_stop_the_command(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure, match=r"none\.yaml: No such file"):
        run_rules("test", "--rules", str(write_pack(tmp_path)), "--timelines", "none.yaml")


@pytest.mark.parametrize("command", ["match", "backtest"])
def test_a_bad_line_is_reported_and_the_others_are_taken(tmp_path: Path, command: str) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text(write_lines(EVENTS[0]) + "{\n" + write_lines(EVENTS[1]))

    result = run_rules(command, "--rules", str(write_pack(tmp_path)), "--events", str(events))

    assert result.exit_code == 1
    assert f"{events}: line 2: is no JSON" in result.stderr
    assert len(result.stdout.splitlines()) == (2 if command == "match" else 1)


def test_backtest_prints_the_final_alerts(tmp_path: Path) -> None:
    withdrawn = {**EVENTS[1], "id": "3", "retracts": "1"}

    result = run_rules(
        "backtest",
        *("--rules", str(write_pack(tmp_path)), "--events", "-", "--format", "json"),
        given=write_lines(
            EVENTS[0], {**EVENTS[0], "id": "4", "text": "Rockets hit Balad."}, withdrawn
        ),
    )

    alerts = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(alert["rule"]["name"], alert["status"]) for alert in alerts] == [
        ("rockets", "withdrawn"),
        ("rockets", "firing"),
    ]
    assert alerts[1]["level"] == "high"
    assert alerts[1]["evidence"][0]["spans"] == [{"start": 0, "end": 11}]


def test_backtest_prints_a_table_for_people(tmp_path: Path) -> None:
    result = run_rules(
        "backtest",
        *("--rules", str(write_pack(tmp_path)), "--events", "-", "--format", "table"),
        given=write_lines(EVENTS[0]),
    )

    assert "2020-01-03" in result.stdout
    assert "rockets" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--rules", "no-such-folder"),
        ("match", "--rules", "no-such-folder", "--events", "-"),
    ],
    ids=["check", "match"],
)
def test_a_folder_that_is_not_there_stops_the_command(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandFailure, match="no-such-folder: no such folder"):
        run_rules(*arguments)


def test_a_file_in_place_of_a_folder_stops_the_command(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure, match=r"pack\.yaml: a file: name the folder of its pack"):
        run_rules("check", "--rules", str(write_pack(tmp_path) / "pack.yaml"))


def test_a_file_that_is_not_there_stops_the_command(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure, match=r"none\.jsonl: No such file"):
        run_rules("match", "--rules", str(write_pack(tmp_path)), "--events", "none.jsonl")


def test_check_notes_a_level_that_no_weights_reach(tmp_path: Path) -> None:
    text = (
        "hypotheses:\n- name: war\n  title: War\n  indicators: [{rule: rockets, weight: 2}]\n"
        "  levels: {watch: 1, elevated: 2, high: 3}\n"
    )
    folder = write_pack(tmp_path)
    (folder / "hypotheses.yaml").write_text(text)

    result = run_rules("check", "--rules", str(folder))

    place = f"{tmp_path}/iraq/hypotheses.yaml:5"
    words = "war: high asks for 3, and all weights together come to 2"
    assert result.stderr == f"{place}: note: {words}\n"
    assert result.exit_code == 0
