"""How messages of the Common Alerting Protocol are named, and name each other."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote, unquote

from services.notifier.domain.watch.alert_summary import EarlierRevision


def write_identifier(alert_id: str, revision: int) -> str:
    """One for each revision, without the spaces, commas and marks that the protocol forbids."""
    return f"{quote(alert_id, safe='')}.{revision}"


def read_identifier(identifier: str) -> str:
    """The id of its alert, whatever the revision."""
    return unquote(identifier.rpartition(".")[0])


def write_time(time: datetime) -> str:
    """In UTC, to the second: the protocol has neither `Z` nor fractions."""
    return f"{time:%Y-%m-%dT%H:%M:%S}-00:00"


def write_references(sender: str, alert_id: str, earlier: Iterable[EarlierRevision]) -> str:
    """The earlier messages, each by sender, identifier and time."""
    return " ".join(
        f"{sender},{write_identifier(alert_id, each.revision)},{write_time(each.at)}"
        for each in earlier
    )
