"""Where alerts and panels say that the runbooks are: one address, for all files that name it."""

import re
from pathlib import Path

from deploy.prometheus_rule import ALERTS

CASES = ALERTS.parent / "tests"
IN_REPOSITORY = "docs/runbooks/{}.md"
_ADDRESS = re.compile(r"(?<=runbook_url: )\S*?(Vedette\w+)(?:\.\w+|/)?$", re.MULTILINE)


def read_address() -> str:
    """That of the file of alerts, with `{}` for the name of an alert."""
    match = _ADDRESS.search(ALERTS.read_text(encoding="utf-8"))
    return IN_REPOSITORY if match is None else match[0].replace(match[1], "{}")


def move_runbooks(address: str) -> dict[Path, str]:
    """The alerts and their cases with the runbooks at another address."""
    if "{}" not in address:
        raise ValueError(f"{address}: write {{}} where the name of the alert belongs")
    return {path: _move(path, address) for path in (ALERTS, *sorted(CASES.glob("*.yml")))}


def _move(path: Path, address: str) -> str:
    text = path.read_text(encoding="utf-8")
    return _ADDRESS.sub(lambda match: address.replace("{}", match[1]), text)
