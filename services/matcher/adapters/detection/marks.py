"""Marks: how the end of a rebuild is told, to the windows and to other workers."""

from datetime import UTC, datetime

from schemas.bundle import Backfilled, Rebuilt
from schemas.envelope import BACKFILLED, REBUILT, cloud_headers
from services.matcher.adapters.detection.detect import SOURCE
from services.matcher.adapters.topics.outbox import Letter


def backfilled_letter(told: Backfilled, place: int) -> Letter:
    """An end mark as a message for signals partition `place`, without a key."""
    identity = f"backfilled-{told.level}-{told.partition}-{told.bundle}"
    headers = cloud_headers(BACKFILLED, identity, SOURCE, datetime.now(UTC))
    return Letter(told.model_dump_json().encode(), headers, partition=place)


def rebuilt_letter(told: Rebuilt) -> Letter:
    """What is done for an events partition, as a message of the rules topic."""
    identity = f"rebuilt-{told.partition}-{told.bundle}"
    headers = cloud_headers(REBUILT, identity, SOURCE, datetime.now(UTC))
    return Letter(told.model_dump_json().encode(), headers, told.key)
