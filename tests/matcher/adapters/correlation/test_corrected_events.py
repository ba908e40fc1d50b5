"""correlate: corrected events leave every window, and stay out for as long as it matters."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.alert import Alert, Status
from schemas.rule import Condition
from schemas.signal import Signal
from schemas.topics import ALERTS
from services.matcher.adapters.correlation.correlate import Correlator
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.state.keys import ValueKind, has_kind
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.rules.rulebook import Rulebook
from tests.fakes import FakeRecordSender
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, hit
from tests.matcher.correlation import correlator, ticks
from tests.matcher.messages import Given, retraction_message, signal_message

TWO = replace(RULE, condition=Condition(gte=2))
OTHER = replace(ALONE, name="other")
RULES = ActiveRules(Rulebook(windows={(one.pack, one.name): one for one in (TWO, OTHER)}))
KEPT = timedelta(days=30)


class Worker:
    """A correlate agent over a table in memory, as after a start."""

    def __init__(self, table: dict[bytes, bytes] | None = None) -> None:
        self.table: dict[bytes, bytes] = {} if table is None else table
        self.sender = FakeRecordSender()
        self.correlation = self._correlator()

    def _correlator(self) -> Correlator:
        made = correlator(Bundles(RULES), self.table, self.sender)
        made.events_kept = KEPT
        made.states.use(Processors.of(RULES, KEPT))
        return made

    async def take(self, *messages: Given) -> "Worker":
        for message in messages:
            await self.correlation.take(message)
        return self

    def restarted(self) -> "Worker":
        return Worker(self.table)

    @property
    def alerts(self) -> list[tuple[str, Status, int]]:
        sent = self.sender.decode(ALERTS, Alert)
        return [(alert.rule.name, alert.status, alert.revision) for alert in sent]

    @property
    def versions(self) -> int:
        return sum(has_kind(key, ValueKind.VERSION) for key in self.table)


def other(signal: Signal) -> Signal:
    return signal.model_copy(update={"rule": "other"})


TWO_HITS = (signal_message(hit(0, "a"), 1), signal_message(hit(1, "b"), 2))
FIRED = [("joint_march", Status.FIRING, 1)]
WITHDRAWN = [("joint_march", Status.WITHDRAWN, 2)]


@pytest.mark.parametrize("restarts", [False, True], ids=["same worker", "next worker"])
async def test_a_retracted_event_leaves_every_window_that_holds_it(*, restarts: bool) -> None:
    worker = await Worker().take(*TWO_HITS, signal_message(other(hit(0, "a")), 3))
    after = worker.restarted() if restarts else worker

    await after.take(retraction_message("reuters a", 4))

    assert sorted(after.alerts[-2:]) == [*WITHDRAWN, ("other", Status.WITHDRAWN, 2)]


async def test_what_a_worker_counts_after_the_first_retraction_is_taken_out_by_the_next() -> None:
    worker = await Worker().take(retraction_message("reuters x", 0), *TWO_HITS)

    await worker.take(retraction_message("reuters b", 3, by="reuters c"))

    assert worker.alerts == FIRED + WITHDRAWN


@pytest.mark.parametrize("restarts", [False, True], ids=["same worker", "next worker"])
async def test_an_event_that_comes_after_its_retraction_never_counts(*, restarts: bool) -> None:
    worker = await Worker().take(retraction_message("reuters a", 0))
    after = worker.restarted() if restarts else worker

    await after.take(*TWO_HITS)

    assert after.alerts == []


async def test_a_new_version_counts_in_place_of_the_first_one() -> None:
    version = signal_message(hit(0.5, "c"), 5)
    worker = await Worker().take(*TWO_HITS, retraction_message("reuters a", 4, by="reuters c"))

    await worker.take(version)

    assert worker.alerts == [*FIRED, *WITHDRAWN, *FIRED]


async def test_of_two_versions_of_one_event_only_the_later_counts() -> None:
    worker = await Worker().take(
        retraction_message("reuters x", 1, by="reuters a", time=NOON),
        signal_message(hit(0, "a"), 2),
        retraction_message("reuters x", 3, by="reuters b", time=NOON + HOUR),
        signal_message(hit(1, "b"), 4),
    )

    assert worker.alerts == []


async def test_the_same_retraction_again_sends_again_what_it_had_led_to() -> None:
    first = await Worker().take(*TWO_HITS, retraction_message("reuters a", 3))
    kept = dict(first.table)

    again = await first.restarted().take(retraction_message("reuters a", 3))

    assert again.alerts == WITHDRAWN
    assert again.table == kept


async def test_a_retraction_seen_again_sends_what_came_after_it_again_too() -> None:
    first = await Worker().take(
        retraction_message("reuters x", 0), *TWO_HITS, retraction_message("reuters a", 3)
    )

    again = await first.restarted().take(retraction_message("reuters x", 0))

    assert again.alerts == WITHDRAWN


async def test_a_hit_seen_again_after_it_was_retracted_sends_its_alert_again() -> None:
    first = await Worker().take(*TWO_HITS, retraction_message("reuters b", 3))

    again = await first.restarted().take(TWO_HITS[1])

    assert again.alerts == WITHDRAWN


async def test_a_retraction_is_kept_for_as_long_as_its_event_may_come_again() -> None:
    worker = await Worker().take(retraction_message("reuters a", 0))

    await worker.take(ticks(NOON + KEPT - HOUR, 1))
    kept = worker.versions
    await worker.take(ticks(NOON + KEPT + HOUR, 2))

    assert (kept, worker.versions) == (2, 0)


async def test_a_retraction_that_is_named_again_is_kept_for_longer() -> None:
    worker = await Worker().take(retraction_message("reuters a", 0), ticks(NOON + KEPT - HOUR, 1))

    await worker.take(retraction_message("reuters a", 2), ticks(NOON + KEPT + HOUR, 3))

    assert worker.versions == 2
