"""Detection with a fake sender."""

from collections.abc import Callable

from schemas.event import Event
from schemas.signal import Signal
from services.matcher.adapters.detection.detect import Detection
from services.matcher.adapters.detection.matcher import MatchResult
from services.matcher.adapters.detection.unreadable import UnreadableItems
from tests.fakes import FakeRecordSender


def detection_by(
    matcher: Callable[[Event], MatchResult], partitions: int = 3, limit: int = 1_000_000
) -> Detection:
    """Detection by a matcher, onto so many signals partitions; `limit` is the largest record."""
    sender = FakeRecordSender(limit=limit)
    return Detection(matcher, sender, partitions, UnreadableItems(sender))


def detection_of(*signals: Signal) -> Detection:
    """Detection in which every event leads to these signals."""
    return detection_by(lambda _event: MatchResult(signals))


def sender_of(detection: Detection) -> FakeRecordSender:
    """What the detection sends with."""
    assert isinstance(detection.sender, FakeRecordSender)
    return detection.sender
