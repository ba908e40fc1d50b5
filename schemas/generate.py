"""JSON Schema (2020-12) of every message and every document."""

import json
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from schemas.alert import Alert
from schemas.bundle import BackfillBarrier, CompletedBackfill, RuleBundle
from schemas.crash import CrashRecord
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.hypothesis import HypothesisFile
from schemas.indication import Indication
from schemas.ledger import LedgerLine
from schemas.outcome import OutcomeFile
from schemas.pack import Pack
from schemas.retraction import Retraction
from schemas.rule import CorrelationRule, DetectionRule, NamedList, SiteList
from schemas.signal import Signal
from schemas.storm import StormNews
from schemas.tick import Tick
from schemas.timeline import TimelineFile
from schemas.verdict import Verdict
from schemas.word_list import WordList

DIALECT = "https://json-schema.org/draft/2020-12/schema"

MODELS: dict[str, type[BaseModel]] = {
    "event": Event,
    "signal": Signal,
    "retraction": Retraction,
    "verdict": Verdict,
    "indication": Indication,
    "heartbeat": Heartbeat,
    "storm-news": StormNews,
    "alert": Alert,
    "tick": Tick,
    "backfill-barrier": BackfillBarrier,
    "rule-bundle": RuleBundle,
    "completed-backfill": CompletedBackfill,
    "crash-record": CrashRecord,
    "ledger-line": LedgerLine,
    "detection-rule": DetectionRule,
    "correlation-rule": CorrelationRule,
    "pack": Pack,
    "named-list": NamedList,
    "word-list": WordList,
    "site-list": SiteList,
    "hypothesis-file": HypothesisFile,
    "timeline-file": TimelineFile,
    "outcome-file": OutcomeFile,
}
"""By the name of the file in `schemas/json/`."""


class _AsWritten(GenerateJsonSchema):
    """Time spans as rule files write them (`7d`), not as ISO 8601."""

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> JsonSchemaValue:  # noqa: ARG002  (the parent's signature)
        return {"type": "string", "pattern": "^[0-9]+[smhdwMy]$"}

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, timedelta):
            return f"{dft // timedelta(hours=1)}h"
        return super().encode_default(dft)


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of valid documents of `model`."""
    return {"$schema": DIALECT} | model.model_json_schema(schema_generator=_AsWritten)


def json_documents() -> dict[str, str]:
    """Every file of `schemas/json/` by its name, as text."""
    documents = {name: json_schema(model) for name, model in MODELS.items()} | {"rule": rule_file()}
    return {
        f"{name}.json": json.dumps(document, indent=2, sort_keys=True) + "\n"
        for name, document in documents.items()
    }


def rule_file() -> dict[str, Any]:
    """The schema of each document of a rule file, for editors: a detection or a correlation."""
    kinds = [{"$ref": f"{name}.json"} for name in ("detection-rule", "correlation-rule")]
    return {"$schema": DIALECT, "if": {"required": ["correlation"]}, "then": kinds[1]} | {
        "else": kinds[0]
    }
