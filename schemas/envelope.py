"""The headers of messages, CloudEvents 1.0 in Kafka binary mode, and of dead letters."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from schemas.version import SCHEMA_VERSION, check_version

Headers = list[tuple[str, bytes]]

EVENT = "vedette.event"
EVENTS_BATCH = "vedette.events.bundle"
TICK = "vedette.tick"
SIGNAL = "vedette.signal"
RETRACTION = "vedette.retraction"
INDICATION = "vedette.indication"
STORM_NEWS = "vedette.storm-news"
HEARTBEAT = "vedette.heartbeat"
VERDICT = "vedette.verdict"
BACKFILL_BARRIER = "vedette.backfill_barrier"
ALERT = "vedette.alert"
LEDGER = "vedette.ledger"
RULE_BUNDLE = "vedette.rules.bundle"
BACKFILL_COMPLETED = "vedette.rules.backfill_completed"
CRASHES = "vedette.rules.crashes"

DATA_SCHEMA = "ce_dataschema"
_OWN_SCHEMAS = "urn:vedette:"
_THIS_VERSION = f":{SCHEMA_VERSION}"
_MOST_DIGITS = 9

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
        (DATA_SCHEMA, data_schema(kind).encode()),
        ("ce_source", source.encode()),
        ("ce_time", time.isoformat().encode()),
        ("content-type", b"application/json"),
    ]
    if recorded is not None:
        headers.append(("ce_recordedtime", recorded.isoformat().encode()))
    return headers


def header(headers: Mapping[str, bytes] | Iterable[tuple[str, bytes]], name: str) -> str | None:
    """The last header of that name as text, or None."""
    # a mapping is not copied: several headers of each message are asked for
    values = headers if isinstance(headers, dict) else dict(headers)
    value = values.get(name)
    return None if value is None else value.decode("utf-8", "replace")


def find_header_fault(headers: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> str | None:
    """Why a message with these headers cannot be read, or None.

    It is REFUSED, a name is not UTF-8 (read as U+FFFD), or a later release wrote it.
    """
    values = dict(headers)
    if REFUSED in values:
        return header(values, REFUSED)
    names = [name for name in values if "\ufffd" in name]
    if names:
        return f"header {names[0]!r}: the name is not UTF-8"
    try:
        check_schema(values)
    except ValueError as error:
        return str(error)
    return None


def check_schema(headers: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> None:
    """Accept the versions that this release reads; other parties' schemas say nothing of ours.

    Raises:
        NewerSchema: a later release wrote the message.
        ValueError: it has a schema of ours without a version.
    """
    schema = header(headers, DATA_SCHEMA) or ""
    if schema.startswith(_OWN_SCHEMAS) and not schema.endswith(_THIS_VERSION):
        number = schema.rpartition(":")[2]
        is_number = number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS
        check_version(int(number) if is_number else number)


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
