"""Messages as people read them: a file for each case, with what each receiver shows.

`VEDETTE_WRITE_GOLDEN=1 pytest tests/notifier/test_golden.py` writes them anew: read the difference.
"""

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from schemas.alert import Level, RuleRef, Status
from schemas.duty import DUTY_PACK
from schemas.ledger import Entry
from services.notifier.adapters.console import ConsoleReceiver
from services.notifier.domain.entry import record_sent
from services.notifier.domain.message import render
from services.notifier.domain.page import build_event
from services.notifier.domain.ports import Notice
from services.notifier.domain.webhook_message import render_text
from tests.notifier.alerts import NOON, SECOND, alert, evidence
from tests.notifier.mrkdwn import read_blocks

FOLDER = Path(__file__).parent / "golden"

VESSEL = alert(
    "372c0e5a91b84d0f6a11",
    pack="redsea",
    rule=RuleRef(name="vessel_attack", title="Merchant vessel attacked", level=Level.HIGH),
    group={"sites": "hodeidah"},
    summary="Merchant vessel attacked",
    action="Get name, flag and owner; warn vessels within 50 nm.",
    explain="Every report that matches alerts by itself. said: houthis > attack, vessel",
    uncorroborated=True,
    evidence=(
        evidence(
            source="tg:channel-two",
            reliability=None,
            credibility=4,
            occurred_at=NOON - timedelta(hours=7),
            recorded_at=NOON,
            url=None,
            title=None,
            excerpt="استهداف سفينة تجارية في البحر الأحمر قبالة الحديدة",
            spans=(),
        ),
    ),
)
SUSPECTED = alert(
    suspected=True,
    level=Level.MEDIUM,
    explain="Every report that matches alerts by itself; 1 so far in this group. suspected: like "
    "restraint_call “Keep your rifles clean, wrote the commander.”, score 2.1 of 1.4 asked.",
    evidence=(evidence(excerpt="Stay at home, brothers, and sharpen your knives.", spans=()),),
)
DOUBTED = record_sent(Entry(), SUSPECTED, "m1", NOON)
SHOWN = record_sent(Entry(), alert(level=Level.MEDIUM, uncorroborated=True), "m1", NOON)
RAISED = alert(
    revision=2,
    level=Level.CRITICAL,
    action="Call the embassy.",
    evidence=(evidence(2, source="afp", recorded_at=NOON + SECOND), evidence(1)),
    evidence_count=31,
)
NOTICES = {
    "new": Notice(VESSEL),
    "raised": Notice(RAISED, before=SHOWN),
    "resolved": Notice(
        alert(revision=3, status=Status.RESOLVED, resolved_at=NOON, evidence_count=4), before=SHOWN
    ),
    "withdrawn": Notice(
        alert(revision=3, status=Status.WITHDRAWN, resolved_at=NOON, reason="no report is left"),
        before=SHOWN,
    ),
    "source_reports": Notice(
        alert(
            "d1",
            2,
            pack=DUTY_PACK,
            rule=RuleRef(name="source_silent", title="Source silent", level=Level.MEDIUM),
            group={"source": "reuters"},
            summary="reuters reports again after 8 hours",
            status=Status.RESOLVED,
            resolved_at=NOON,
            evidence=(),
            evidence_count=0,
        ),
        before=SHOWN,
    ),
    "ordered": Notice(
        alert(
            explain="march_called, then march_endorsed, in 7 d",
            evidence=(
                evidence(2, source="afp", roles=("march_endorsed",)),
                evidence(1, roles=("march_called",)),
            ),
            evidence_count=2,
        )
    ),
    "drill": Notice(alert(exercise=True), possible_repeat=True),
    "short": Notice(VESSEL, short=True),
    "suspected": Notice(SUSPECTED),
    "confirmed": Notice(alert(revision=2, level=Level.HIGH), before=DOUBTED),
}


@pytest.mark.parametrize("name", NOTICES)
def test_every_receiver_shows_the_message_as_its_file_says(name: str) -> None:
    path, shown = FOLDER / f"{name}.txt", show(NOTICES[name])
    if os.environ.get("VEDETTE_WRITE_GOLDEN"):
        path.write_text(shown)

    assert shown == path.read_text()


def show(notice: Notice) -> str:
    """What Slack, the pager, the webhook and the console show."""
    message = render(notice, has_buttons=True)
    page = json.dumps(build_event(notice), indent=1, ensure_ascii=False)
    parts = {
        "Slack's notification": message["text"],
        "Slack": read_blocks(message["blocks"]),
        "PagerDuty": page,
        "webhook": render_text(notice),
        "console": print_notice(notice),
    }
    return "\n".join(f"--- {title}\n{text}" for title, text in parts.items())


def print_notice(notice: Notice) -> str:
    terminal = Console(file=StringIO(), width=100, force_terminal=False)
    ConsoleReceiver(terminal).send(notice)
    assert isinstance(terminal.file, StringIO)
    return terminal.file.getvalue()
