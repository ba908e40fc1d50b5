"""Marks: how the end of a rebuild is told, to the windows and to other workers."""

from datetime import UTC, datetime

from schemas.bundle import BackfillBarrier, Rebuilt
from schemas.envelope import BACKFILL_BARRIER, REBUILT, cloud_headers
from services.matcher.adapters.detection.detect import SOURCE
from services.matcher.adapters.topics.record_sender import ProducerRecord


def backfilled_letter(told: BackfillBarrier, place: int) -> ProducerRecord:
    """An end mark as a message for signals partition `place`, without a key."""
    identity = f"backfilled-{told.level}-{told.partition}-{told.bundle}"
    headers = cloud_headers(BACKFILL_BARRIER, identity, SOURCE, datetime.now(UTC))
    return ProducerRecord(told.model_dump_json().encode(), headers, partition=place)


def rebuilt_letter(told: Rebuilt) -> ProducerRecord:
    """What is done for an events partition, as a message of the rules topic."""
    identity = f"rebuilt-{told.partition}-{told.bundle}"
    headers = cloud_headers(REBUILT, identity, SOURCE, datetime.now(UTC))
    return ProducerRecord(told.model_dump_json().encode(), headers, told.key)
