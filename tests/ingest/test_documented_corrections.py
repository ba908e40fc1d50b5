"""What docs/posting-reports.md says of corrections is taken as it stands there."""

import json
import re
from pathlib import Path

from tests.ingest.builders import ANYBODY, context, normalized

PAGE = Path(__file__).parents[2] / "docs/posting-reports.md"


def test_the_documented_corrections_are_taken() -> None:
    section = PAGE.read_text("utf-8").partition("## Correct and withdraw")[2]
    bodies = re.findall(r"-d '(\{.*\})'", section)

    events = [normalized(json.loads(body), context(ANYBODY)).event for body in bodies]

    assert [(event.retracts, event.supersedes) for event in events] == [
        ("wire-17", None),
        (None, "wire-17"),
    ]
