"""The index of current messages, as an Atom feed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element, SubElement

from services.notifier.domain.cap.identifiers import write_identifier, write_time
from services.notifier.domain.cap.xml_text import add_text, write_xml
from services.notifier.domain.watch.alert_summary import AlertSummary
from services.report_text import clean_line

ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)


def build_feed(
    summaries: Sequence[AlertSummary], sender: str, following: Sequence[tuple[str, str]]
) -> bytes:
    """The feed of these alerts; `following`: the query of its next page, empty if there is none."""
    root = Element("feed", xmlns=ATOM)
    newest = max((summary.updated_at for summary in summaries), default=NOTHING_YET)
    add_text(root, "id", f"urn:vedette:{quote(sender)}")
    add_text(root, "title", f"Alerts of {sender}")
    add_text(root, "updated", write_time(newest))
    add_text(SubElement(root, "author"), "name", sender)
    if following:
        SubElement(root, "link", rel="next", href=f"?{urlencode(following)}")
    for summary in summaries:
        _add_entry(root, summary, sender)
    return write_xml(root)


def _add_entry(root: Element, summary: AlertSummary, sender: str) -> None:
    identifier = write_identifier(summary.id, summary.revision)
    status = "" if summary.status == "firing" else f"{summary.status} · "
    entry = SubElement(root, "entry")
    add_text(entry, "id", f"urn:vedette:{quote(sender)}:{quote(identifier)}")
    title = clean_line(f"{summary.level} · {status}{summary.title}: {summary.summary}")
    add_text(entry, "title", title)
    add_text(entry, "updated", write_time(summary.updated_at))
    SubElement(entry, "link", href=f"cap/{quote(identifier)}", type=CAP_TYPE)
    SubElement(entry, "category", term=str(summary.level))
