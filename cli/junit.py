"""The outcomes of cases as JUnit's XML, which forges show beside a change."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from cli.faults import CommandFailure
from cli.output import escape_controls
from services.document_faults import DocumentFault

# characters that escape_controls keeps and XML forbids
_NO_XML = str.maketrans({"\ufffe": "\\ufffe", "\uffff": "\\uffff"})


def write_junit(
    file: Path, outcomes: Iterable[tuple[str, Sequence[str]]], faults: Iterable[DocumentFault]
) -> None:
    """Write a test case for each case, failed if it differs, and an error for each fault.

    Raises:
        CommandFailure: the file cannot be written.
    """
    suite = ET.Element("testsuite", name="vedette rules test")
    for name, lines in outcomes:
        case = _add_case(suite, name)
        if lines:
            _add_reason(case, "failure", lines)
    for fault in faults:
        _add_reason(_add_case(suite, str(fault)), "error", [str(fault)])
    _count(suite)
    try:
        ET.ElementTree(suite).write(file, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise CommandFailure(f"{file}: {error.strerror}") from error


def _add_case(suite: ET.Element, name: str) -> ET.Element:
    """Its class is the file, which is what stands before the first colon."""
    return ET.SubElement(suite, "testcase", name=_clean(name), classname=_clean(_file(name)))


def _file(name: str) -> str:
    return name.split(":", maxsplit=1)[0]


def _add_reason(case: ET.Element, kind: str, lines: Sequence[str]) -> None:
    reason = ET.SubElement(case, kind, message=_clean(lines[0]))
    reason.text = "\n".join(map(_clean, lines))


def _count(suite: ET.Element) -> None:
    for name, path in (("tests", "testcase"), ("failures", "*/failure"), ("errors", "*/error")):
        suite.set(name, str(len(suite.findall(path))))


def _clean(text: str) -> str:
    return escape_controls(text).translate(_NO_XML)
