"""What tools of a forge read of a check."""

import json

from cli.check_formats import CheckFormat, Finding, format_findings
from services.document_faults import DocumentFault

FAULT = Finding("fault", DocumentFault("a, b:c.yaml", 3, "name", "100%\nwrong", "write it"))
NOTE = Finding("note", DocumentFault("d e.yaml", 7, "", "is costly"))


def test_json_has_an_object_a_line() -> None:
    first, second = map(json.loads, format_findings([FAULT, NOTE], CheckFormat.JSON))

    assert first == {
        "file": "a, b:c.yaml",
        "line": 3,
        "field": "name",
        "message": "100%\nwrong",
        "hint": "write it",
        "level": "fault",
    }
    assert (second["line"], second["level"]) == (7, "note")


def test_a_workflow_command_escapes_what_would_end_it() -> None:
    assert list(format_findings([FAULT, NOTE], CheckFormat.GITHUB)) == [
        "::error file=a%2C b%3Ac.yaml,line=3::name: 100%25%0Awrong (write it)",
        "::notice file=d e.yaml,line=7::is costly",
    ]


def test_sarif_is_one_log_with_a_result_each() -> None:
    (line,) = format_findings([FAULT, NOTE], CheckFormat.SARIF)

    log = json.loads(line)
    (run,) = log["runs"]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert log["version"] == "2.1.0"
    assert [result["level"] for result in run["results"]] == ["error", "note"]
    assert {result["ruleId"] for result in run["results"]} == known
    assert places[1] == {"artifactLocation": {"uri": "d%20e.yaml"}, "region": {"startLine": 7}}


def test_sarif_without_findings_has_a_run_without_results() -> None:
    (line,) = format_findings([], CheckFormat.SARIF)

    assert json.loads(line)["runs"][0]["results"] == []
