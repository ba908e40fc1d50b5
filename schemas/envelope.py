"""The headers of messages, CloudEvents 1.0 in Kafka binary mode, and of dead letters."""

from collections.abc import Iterable, Mapping
from datetime import datetime

Headers = list[tuple[str, bytes]]

EVENT = "vedette.event"
EVENTS_BATCH = "vedette.events.bundle"
TICK = "vedette.tick"
SIGNAL = "vedette.signal"
INDICATION = "vedette.indication"
STORM_NEWS = "vedette.storm-news"
HEARTBEAT = "vedette.heartbeat"
BACKFILL_BARRIER = "vedette.backfill_barrier"
ALERT = "vedette.alert"
LEDGER = "vedette.ledger"
RULE_BUNDLE = "vedette.rules.bundle"
BACKFILL_COMPLETED = "vedette.rules.backfill_completed"
CRASHES = "vedette.rules.crashes"

SCHEMA_VERSION = 1
"""Counts the changes that an older reader misreads; an added field is none, it is ignored."""

DEAD_LETTER_RETRIED = "retried"
"""Of a mark among the dead letters: the partition and offset of the letter that was sent again."""


REFUSED = "vedette_refused"
"""Of a record that a consumer puts in the place of what it does not unpack: the reason."""


def data_schema(kind: str) -> str:
    """The CloudEvents attribute `dataschema` of messages of type `kind`, with the version."""
    return f"urn:{kind.replace('.', ':')}:{SCHEMA_VERSION}"


def cloud_headers(
    kind: str, identity: str, source: str, time: datetime, recorded: datetime | None = None
) -> Headers:
    """Headers of a message of type `kind`; `recorded` goes into the extension `recordedtime`."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_type", kind.encode()),
        ("ce_dataschema", data_schema(kind).encode()),
        ("ce_source", source.encode()),
        ("ce_time", time.isoformat().encode()),
        ("content-type", b"application/json"),
    ]
    if recorded is not None:
        headers.append(("ce_recordedtime", recorded.isoformat().encode()))
    return headers


def header(headers: Mapping[str, bytes] | Iterable[tuple[str, bytes]], name: str) -> str | None:
    """The last header of that name as text, or None."""
    value = dict(headers).get(name)
    return None if value is None else value.decode("utf-8", "replace")


def find_unreadable_name(headers: Iterable[tuple[str, bytes]]) -> str | None:
    """What is wrong with the headers: a name that is not UTF-8 (read as U+FFFD), or REFUSED."""
    headers = list(headers)
    if (reason := header(headers, REFUSED)) is not None:
        return reason
    names = [name for name, _ in headers if "\ufffd" in name]
    return f"header {names[0]!r}: the name is not UTF-8" if names else None


def dead_letter_headers(
    reason: str, where: str, topic: str, partition: int, offset: int
) -> Headers:
    """Headers of a dead letter: the reason, the part that refused it, and the message's place."""
    return [
        ("reason", reason.encode()),
        ("where", where.encode()),
        ("topic", topic.encode()),
        ("partition", str(partition).encode()),
        ("offset", str(offset).encode()),
    ]
