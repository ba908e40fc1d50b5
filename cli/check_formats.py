"""How findings of `rules check` are printed: for people, and for the tools of a forge."""

import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from services.document_faults import DocumentFault

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_COMMANDS = {"fault": "error", "note": "notice"}
_SARIF_LEVELS = {"fault": "error", "note": "note"}
_KINDS = {
    "fault": "A fault: the rule cannot be published",
    "note": "A note: hardly what the author meant",
}


class CheckFormat(StrEnum):
    """For people, programs, the annotations of GitHub, or code scanning."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class Finding(NamedTuple):
    """A fault or a note; `level` says which."""

    level: str
    fault: DocumentFault


def format_text(finding: Finding) -> str:
    """`FILE:LINE: FIELD: MESSAGE (HINT)`, a note with `note:` before its field."""
    fault = finding.fault
    mark = "note: " if finding.level == "note" else ""
    return f"{fault.file}:{fault.line}: {mark}{fault.text}"


def format_json(finding: Finding) -> str:
    """A JSON object on one line."""
    fault = finding.fault
    fields = {
        "file": fault.file,
        "line": fault.line,
        "field": fault.field,
        "message": fault.message,
        "hint": fault.hint,
        "level": finding.level,
    }
    return json.dumps(fields, ensure_ascii=False)


def format_github(finding: Finding) -> str:
    """A workflow command, by which GitHub annotates the line."""
    fault = finding.fault
    place = f"file={_escape_property(fault.file)},line={fault.line}"
    return f"::{_COMMANDS[finding.level]} {place}::{_escape_data(fault.text)}"


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


def format_sarif(findings: Iterable[Finding]) -> str:
    """A log of SARIF 2.1.0 with one run."""
    rules = [{"id": kind, "shortDescription": {"text": text}} for kind, text in _KINDS.items()]
    driver = {"name": "vedette rules check", "rules": rules}
    run = {"tool": {"driver": driver}, "results": list(map(_sarif_result, findings))}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False)


def _sarif_result(finding: Finding) -> dict[str, object]:
    place = {
        "artifactLocation": {"uri": _uri(finding.fault.file)},
        "region": {"startLine": finding.fault.line},
    }
    return {
        "ruleId": finding.level,
        "level": _SARIF_LEVELS[finding.level],
        "message": {"text": finding.fault.text},
        "locations": [{"physicalLocation": place}],
    }


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


_LINES = {
    CheckFormat.TEXT: format_text,
    CheckFormat.JSON: format_json,
    CheckFormat.GITHUB: format_github,
}


def format_findings(findings: Iterable[Finding], form: CheckFormat) -> Iterator[str]:
    """The lines to print; SARIF is one line."""
    if form is CheckFormat.SARIF:
        yield format_sarif(findings)
    else:
        yield from map(_LINES[form], findings)
