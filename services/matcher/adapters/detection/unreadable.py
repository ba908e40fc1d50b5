"""Unreadable items: dead letters up to a limit for each source, then one letter a stretch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from schemas.alert import Evidence
from schemas.duty import DUTY_PACK, OWN_SOURCE, SOURCE_SET_ASIDE
from schemas.envelope import DEAD_LETTER_SOURCE, DEAD_LETTER_UNTIL
from schemas.signal import Signal
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.topics.message import Poison, Received
from services.matcher.adapters.topics.record_sender import RecordSender, dead_letter
from services.matcher.domain.duty.publisher import publisher, publisher_of
from services.matcher.domain.duty.set_aside import (
    WITHIN,
    Failing,
    failed,
    heard_of,
    is_aside,
    most_fail,
    stretched,
)

log = telemetry.logger(__name__)

WHERE = "detect"
LIMIT = 100
MOST_SOURCES = 10_000
"""Sources remembered; in open mode anybody may make up names."""


class MostSourcesFail(Exception):
    """More than half of the sources cannot be read: stop, for the fault is hardly theirs."""


@dataclass(slots=True)
class UnreadableItems:
    """What becomes of items that cannot be read, by source.

    Past `limit` of them within 5 minutes a source is set aside: see `domain.set_aside`.
    """

    outbox: RecordSender
    limit: int = LIMIT
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    failing: dict[str, Failing] = field(default_factory=dict)
    heard: dict[str, datetime] = field(default_factory=dict)

    def hear(self, source: str) -> None:
        """Note that something of `source` could be read."""
        self._note(publisher(source))

    async def take(self, item: Poison, message: Received) -> Signal | None:
        """Bury the item, or leave it where it stands if its source is set aside.

        The answer, if any, is to be sent: it tells those on duty.

        Raises:
            MostSourcesFail: nothing was sent.
        """
        source, now = publisher_of(item.raw, message.key), self.now()
        self._note(source)
        known = failed(self.failing.get(source), self.limit, now)
        self.failing[source] = known
        if not is_aside(known, now):
            await dead_letter(self.outbox, message, item.raw, (item.reason, WHERE))
            return None
        self._refuse_to_go_on(now)
        metrics.LEFT_STANDING.labels(source).inc()
        known, until = stretched(known, message.partition, message.offset)
        if until is not None:
            await self._speak_for(source, until, item, message)
        self.failing[source], tell = heard_of(known, now)
        return _told(source, item.reason, message, now) if tell else None

    async def _speak_for(self, source: str, until: int, item: Poison, message: Received) -> None:
        log.error("a source is set aside", source=source, reason=item.reason)
        why = f"{source} is set aside: what it sends up to offset {until} is not copied here"
        more = [(DEAD_LETTER_SOURCE, source.encode()), (DEAD_LETTER_UNTIL, b"%d" % until)]
        await dead_letter(self.outbox, message, None, (why, WHERE), more)

    def _refuse_to_go_on(self, now: datetime) -> None:
        aside = most_fail(self.heard, self.failing, now)
        if aside:
            raise MostSourcesFail(f"unreadable within {WITHIN}: {', '.join(sorted(aside))}")

    def _note(self, source: str) -> None:
        self.heard.pop(source, None)
        self.heard[source] = self.now()
        if len(self.heard) > MOST_SOURCES:
            oldest = next(iter(self.heard))
            del self.heard[oldest]
            self.failing.pop(oldest, None)


def _told(source: str, reason: str, message: Received, now: datetime) -> Signal:
    place = f"{message.topic}/{message.partition}@{message.offset}"
    return Signal(
        pack=DUTY_PACK,
        rule=SOURCE_SET_ASIDE,
        base=SOURCE_SET_ASIDE,
        group={"source": source},
        identity=place,
        occurred_at=now,
        story=place,
        owner=OWN_SOURCE,
        evidence=Evidence(
            event_id=place,
            source=source,
            occurred_at=now,
            recorded_at=now,
            title=f"unreadable: {place}",
            excerpt=reason,
        ),
    )
