"""Signals of messages that retention deleted unread, for the duty alert."""

import asyncio
from datetime import UTC, datetime

from schemas.topics import SIGNALS
from services import telemetry
from services.lost_messages import make_loss_signal
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.topics.codec import encode_signal
from services.matcher.adapters.topics.record_sender import RecordSender

log = telemetry.logger(__name__)

MATCHER = "matcher"
PERIOD_SECONDS = 1.0


async def send_losses(app: App, sender: RecordSender, reader: str) -> None:
    """Send a signal of each loss that the consumer of `reader` has found since the last call."""
    while app.losses:
        signal = make_loss_signal(app.losses[0], reader, datetime.now(UTC))
        await sender.send(SIGNALS, encode_signal(signal))
        app.losses.popleft()


async def send_losses_forever(app: App, sender: RecordSender, reader: str) -> None:
    """Send them while the app runs: a loss is found while partitions move, when nothing is sent."""
    while not app.should_stop:
        try:
            if app.settled:
                await send_losses(app, sender, reader)
        except Exception as error:
            log.exception("a loss of messages cannot be signalled")
            await crash_and_park(app, error)
        await asyncio.sleep(PERIOD_SECONDS)
