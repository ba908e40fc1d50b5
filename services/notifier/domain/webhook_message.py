"""An alert as the JSON of the generic webhook, and the key of each message."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from schemas.alert import Alert
from services.notifier.domain.alert_view import build_view
from services.notifier.domain.errors import PermanentRefusal
from services.notifier.domain.ports import Notice
from services.notifier.domain.views import AlertView, EvidenceView
from services.report_text import cut_line

LARGEST_BODY = 256 * 1024
"""Bytes of one message."""
LONGEST_LINE = 4000


def build_body(notice: Notice) -> bytes:
    """`alert` in its published form and `text`, the message as people read it, as UTF-8.

    In the short form, and where it is over LARGEST_BODY bytes, the last pieces of evidence are left
    out; `evidence_count` stays. Raises PermanentRefusal if it is too large without any.
    """
    alert, text = notice.alert, render_text(notice)
    kept = [] if notice.short else _fit_evidence(alert, LARGEST_BODY - _measure(alert, text))
    body = _encode(_build_document(alert, kept, text))
    if len(body) > LARGEST_BODY:
        raise PermanentRefusal(f"{len(body)} bytes without evidence, {LARGEST_BODY} may be sent")
    return body


def make_key(notice: Notice) -> str:
    """The same for every attempt to send a message, another one for the next.

    Of id and revision; where a revision is sent again (a repeat, an acknowledgement), also of when
    it was sent before.
    """
    alert, before = notice.alert, notice.before
    key = f"{quote(alert.id)}.{alert.revision}"
    if before.sent_at is None or before.revision != alert.revision:
        return key
    return f"{key}.{int(before.sent_at.timestamp() * 1000)}"


def render_text(notice: Notice) -> str:
    """The lines of the message, without markup."""
    view = build_view(notice)
    lines = [view.headline] if notice.short else _list_lines(view)
    return "\n".join(cut_line(line, LONGEST_LINE) for line in lines if line)


def _list_lines(view: AlertView) -> Iterator[str]:
    yield view.headline
    yield view.summary or ""
    yield from (f"{label:<5} {text}" for label, text in view.facts)
    for report in view.evidence:
        yield from _describe_report(report)
    if view.hidden_count > 0:
        yield f"and {view.hidden_count} more"
    yield view.footer


def _describe_report(report: EvidenceView) -> Iterator[str]:
    script = f" · {report.script}, untranslated" if report.script else ""
    is_new = " · NEW" if report.is_new else ""
    yield f"{report.source} · {report.grade} · {report.time}{script}{is_new}"
    yield report.title or ""
    excerpt = "".join(run.text for run in report.excerpt)
    yield f"> {excerpt}" if excerpt else ""


def _fit_evidence(alert: Alert, room: int) -> list[Mapping[str, Any]]:
    """The first pieces that fit into so many bytes."""
    kept: list[Mapping[str, Any]] = []
    for piece in alert.evidence:
        written = piece.model_dump(mode="json", exclude_defaults=True)
        room -= len(_encode(written)) + 1
        if room < 0:
            break
        kept.append(written)
    return kept


def _measure(alert: Alert, text: str) -> int:
    """Bytes without evidence."""
    return len(_encode(_build_document(alert, [], text)))


def _build_document(
    alert: Alert, evidence: list[Mapping[str, Any]], text: str
) -> Mapping[str, Any]:
    written = alert.model_dump(mode="json", exclude_defaults=True, exclude={"evidence"})
    return {"alert": {**written, "evidence": evidence}, "text": text}


def _encode(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
