"""The AsyncAPI 3.0 document of the topics: their messages, writers and readers."""

from dataclasses import dataclass
from typing import Any

import yaml

from schemas import envelope
from schemas.topics import (
    ALERTS,
    DEAD_LETTERS,
    EVENTS,
    LEDGER,
    RULES,
    SIGNALS,
    TOPICS,
    Topic,
    topic_name,
)

VERSION = "0.1.0"
PREFIX = "vedette."

MESSAGES_BY_TOPIC = {
    EVENTS: ("event", "eventsBatch", "tick"),
    SIGNALS: (
        "signal",
        "retraction",
        "verdict",
        "indication",
        "stormNews",
        "heartbeat",
        "tick",
        "backfillBarrier",
    ),
    ALERTS: ("alert",),
    RULES: ("ruleBundle", "completedBackfill", "crashRecord"),
    DEAD_LETTERS: ("deadLetter",),
    LEDGER: ("ledgerLine",),
}


@dataclass(frozen=True, slots=True)
class _Operation:
    part: str
    action: str
    topic: str
    messages: tuple[str, ...]


OPERATIONS = (
    _Operation("ingest", "send", EVENTS, ("event", "eventsBatch")),
    _Operation("ingest", "send", DEAD_LETTERS, ("deadLetter",)),
    _Operation("detect", "send", EVENTS, ("tick",)),
    _Operation("detect", "receive", EVENTS, ("event", "eventsBatch", "tick")),
    _Operation(
        "detect",
        "send",
        SIGNALS,
        ("signal", "retraction", "heartbeat", "tick", "backfillBarrier"),
    ),
    _Operation("detect", "receive", RULES, ("ruleBundle", "completedBackfill", "crashRecord")),
    _Operation("detect", "send", RULES, ("completedBackfill", "crashRecord")),
    _Operation("detect", "send", DEAD_LETTERS, ("deadLetter",)),
    _Operation(
        "correlate",
        "receive",
        SIGNALS,
        MESSAGES_BY_TOPIC[SIGNALS],
    ),
    _Operation("correlate", "receive", RULES, ("ruleBundle", "crashRecord")),
    _Operation("correlate", "send", RULES, ("crashRecord",)),
    _Operation("correlate", "send", SIGNALS, ("signal", "indication", "stormNews")),
    _Operation("correlate", "send", ALERTS, ("alert",)),
    _Operation("correlate", "send", DEAD_LETTERS, ("deadLetter",)),
    _Operation("notifier", "receive", ALERTS, ("alert",)),
    _Operation("notifier", "send", SIGNALS, ("signal", "verdict")),
    _Operation("notifier", "send", LEDGER, ("ledgerLine",)),
    _Operation("notifier", "send", DEAD_LETTERS, ("deadLetter",)),
)


def document() -> dict[str, Any]:
    """The document as plain values."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Vedette",
            "version": VERSION,
            "description": f"The topics of Vedette, with the default prefix `{PREFIX}`.",
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": {"host": "localhost:9092", "protocol": "kafka"}},
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {_operation_id(each): _operation(each) for each in OPERATIONS},
        "components": {"messages": _messages(), "messageTraits": {"cloudEvent": _cloud_event()}},
    }


def text() -> str:
    """The document as YAML."""
    head = "# Generated from the models by `make generate`.\n"
    return head + yaml.safe_dump(document(), sort_keys=False, width=100, allow_unicode=True)


def _channel(topic: Topic) -> dict[str, Any]:
    config = topic.config()
    configuration: dict[str, Any] = {"cleanup.policy": [config["cleanup.policy"]]}
    if "retention.ms" in config:
        configuration["retention.ms"] = int(config["retention.ms"])
    return {
        "address": topic_name(PREFIX, topic.name),
        "description": topic.carries,
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"}
            for name in MESSAGES_BY_TOPIC[topic.name]
        },
        "bindings": {"kafka": {"topicConfiguration": configuration, "bindingVersion": "0.5.0"}},
    }


def _operation_id(operation: _Operation) -> str:
    return f"{operation.part}.{operation.action}.{operation.topic}"


def _operation(operation: _Operation) -> dict[str, Any]:
    channel = f"#/channels/{operation.topic}"
    return {
        "action": operation.action,
        "channel": {"$ref": channel},
        "summary": f"{operation.part} {operation.action}s {', '.join(operation.messages)}",
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in operation.messages],
    }


def _messages() -> dict[str, Any]:
    return (
        _events_messages()
        | _signals_messages()
        | _alerts_messages()
        | _rules_messages()
        | {"deadLetter": _dead_letter()}
    )


def _events_messages() -> dict[str, Any]:
    events = {"type": "array", "items": _model("event"), "minItems": 1}
    return {
        "event": _cloud(envelope.EVENT, _model("event"), "source, a space, and the root id"),
        "eventsBatch": _cloud(envelope.EVENTS_BATCH, events, None),
        "tick": _cloud(envelope.TICK, _model("tick"), None),
    }


def _signals_messages() -> dict[str, Any]:
    hypothesis = 'JSON array [pack, hypothesis, ["hypothesis", hypothesis]…]'
    storm = 'JSON array [pack, rule, ["storm", owner]…]'
    source = 'JSON array ["vedette","source_silent",["source",X]]'
    window = "JSON array [pack, rule, [field, value]…]"
    return {
        "signal": _cloud(envelope.SIGNAL, _model("signal"), window),
        "retraction": _cloud(envelope.RETRACTION, _model("retraction"), None),
        "verdict": _cloud(envelope.VERDICT, _model("verdict"), window),
        "indication": _cloud(envelope.INDICATION, _model("indication"), hypothesis),
        "stormNews": _cloud(envelope.STORM_NEWS, _model("storm-news"), storm),
        "heartbeat": _cloud(envelope.HEARTBEAT, _model("heartbeat"), source),
        "backfillBarrier": _cloud(envelope.BACKFILL_BARRIER, _model("backfill-barrier"), None),
    }


def _alerts_messages() -> dict[str, Any]:
    key = "the alert's fingerprint"
    return {
        "alert": _cloud(envelope.ALERT, _model("alert"), key),
        "ledgerLine": _cloud(envelope.LEDGER, _model("ledger-line"), key),
    }


def _rules_messages() -> dict[str, Any]:
    completed, crashes = envelope.BACKFILL_COMPLETED, envelope.CRASHES
    partition = "backfilled/ and the partition"
    position = "crash/, the topic, / and the partition"
    return {
        "ruleBundle": _cloud(envelope.RULE_BUNDLE, _model("rule-bundle"), "the word bundle"),
        "completedBackfill": _cloud(completed, _model("completed-backfill"), partition),
        "crashRecord": _cloud(crashes, _model("crash-record"), position),
    }


def _model(name: str) -> dict[str, str]:
    return {"$ref": f"./json/{name}.json"}


def _cloud(kind: str, payload: dict[str, Any], key: str | None) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": kind,
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "headers": {
            "type": "object",
            "properties": {
                "ce_type": {"const": kind},
                "ce_dataschema": {"const": envelope.data_schema(kind)},
            },
        },
        "payload": payload,
    }
    return message if key is None else message | {"bindings": _key(key)}


def _key(meaning: str) -> dict[str, Any]:
    key = {"type": "string", "description": meaning}
    return {"kafka": {"key": key, "bindingVersion": "0.5.0"}}


def _cloud_event() -> dict[str, Any]:
    time = {"type": "string", "format": "date-time"}
    text_header = {"type": "string"}
    return {
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "description": "CloudEvents 1.0 in Kafka binary mode. `ce_dataschema` ends with the"
            " version of the schema; an added field does not raise it, since readers ignore keys"
            " that they do not know. A reader refuses a newer version than its own, and reads an"
            " older one. A message without `ce_dataschema` has version 1; on the events"
            " topic one without any header is too: an object is an Event, an array a batch",
            "properties": {
                "ce_specversion": {"const": "1.0"},
                "ce_id": text_header,
                "ce_type": text_header,
                "ce_source": text_header,
                "ce_dataschema": {"type": "string", "format": "uri"},
                "ce_time": time,
                "ce_recordedtime": time,
                "content-type": {"const": "application/json"},
                "traceparent": text_header | {"description": "W3C Trace Context, if it has any"},
                "tracestate": text_header,
                "traceparents": text_header
                | {"description": "Of a batch of different traces: one an item, between commas"},
            },
        },
    }


def _dead_letter() -> dict[str, Any]:
    names = [name for name, _ in envelope.dead_letter_headers("", "", "", 0, 0)]
    return {
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "required": names,
            "properties": {name: {"type": "string"} for name in names},
        },
        "payload": {"type": "string", "format": "binary", "description": "the bytes as they came"},
        "bindings": _key("the original key"),
    }
