"""Slack's mrkdwn → the words that a reader sees."""

import re
from html import unescape

from services.ingest.domain.values.texts import clean_text

_REFERENCE = re.compile(r"<([^<>|]{0,3000})(?:\|([^<>]{0,3000}))?>")


def read_slack_text(written: str) -> str:
    """The words: of a link its label, else its address; of a mention its name or id."""
    return clean_text(unescape(_REFERENCE.sub(_show, written)))


def _show(reference: re.Match[str]) -> str:
    return reference[2] or reference[1].removeprefix("mailto:")
