"""Builds the warm-up of the matcher."""

from datetime import UTC, datetime
from functools import partial

from schemas.event import Event
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.stream.producer import Producer
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.stream.warm_up import (
    WarmUp,
    run_warm_up,
    wait_for_first_polls,
)
from services.matcher.app.basis import Basis
from services.matcher.app.kafka import TOPICS
from services.matcher.domain.rules.signals import make_signals

PROBE = "A group of people in the capital says that ten others have left."
"""Words that no rule is about, so that all of them are asked."""


def add_warm_up(basis: Basis) -> None:
    """Add the task that warms up; the app is not ready before it is done."""
    app = basis.app
    steps = (
        basis.kafka.rules.caught_up,
        partial(_learn_topics, app, tuple(map(basis.topic_name, TOPICS))),
        partial(_evaluate_probe, basis.bundles),
        partial(wait_for_first_polls, app),
    )
    warm_up = WarmUp(app, steps)
    app.check_warm = warm_up.check
    app.run_beside(partial(run_warm_up, app, warm_up))


async def _learn_topics(app: App, names: tuple[str, ...]) -> None:
    if isinstance(app.producer, Producer):
        await app.producer.learn_topics(names)


async def _evaluate_probe(bundles: Bundles) -> None:
    """Evaluate the rules on a report that is nobody's: what they find is dropped."""
    now = datetime.now(UTC)
    probe = Event(
        id="probe", source="probe", story="probe", text=PROBE, occurred_at=now, recorded_at=now
    )
    make_signals(bundles.current.rulebook, probe)
