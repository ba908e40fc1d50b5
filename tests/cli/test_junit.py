"""`vedette rules test --junit`: the outcomes of cases as a forge reads them."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from cli.faults import CommandFailure
from cli.junit import write_junit
from cli.rules import app
from services.document_faults import DocumentFault
from tests.matcher.adapters.rules.packs import ROCKETS, changed, write_pack


def test_each_case_is_one_of_junit_and_says_what_differs(tmp_path: Path) -> None:
    wrong = changed(ROCKETS, "summary: Rockets at Taji", "summary: Rockets at Balad")
    pack = write_pack(tmp_path, indicators__rockets=wrong)
    file = tmp_path / "cases.xml"

    code = CliRunner().invoke(app, ["test", "--rules", str(pack), "--junit", str(file)]).exit_code

    suite = ET.parse(file).getroot()  # noqa: S314  (written a line above)
    assert code == 1
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    [failed] = [case for case in suite if len(case)]
    assert str(failed.get("name")).endswith("rockets: rockets hit a base")
    assert "Balad" in str(failed[0].text)


def test_a_fault_is_an_error_and_what_xml_forbids_is_escaped(tmp_path: Path) -> None:
    file = tmp_path / "cases.xml"
    fault = DocumentFault("rules/a.yaml", 3, "level", "\x1b\uffff <wrong>")

    write_junit(file, [], [fault])

    [case] = ET.parse(file).getroot()  # noqa: S314  (written a line above)
    assert case.get("classname") == "rules/a.yaml"
    assert "\\u001b\\uffff <wrong>" in str(case[0].get("message"))


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure, match=r"cases\.xml: No such file"):
        write_junit(tmp_path / "none" / "cases.xml", [], [])
