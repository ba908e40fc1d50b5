"""Builds `detect`: the agent of the events topic, its backfills and its ticks."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from schemas.topics import EVENTS
from services.matcher.adapters.crashes.set_aside import Agent
from services.matcher.adapters.detection.active_matcher import ActiveMatcher
from services.matcher.adapters.detection.backfill import Backfill, BackfillPartitions
from services.matcher.adapters.detection.backfill_tasks import BackfillTasks
from services.matcher.adapters.detection.detect import Detection
from services.matcher.adapters.detection.heartbeats import Heartbeats
from services.matcher.adapters.detection.matcher import thread_budget
from services.matcher.adapters.detection.processor_clock import ProcessorClock
from services.matcher.adapters.detection.quotas import Quotas
from services.matcher.adapters.detection.replay_source import KafkaReplaySource
from services.matcher.adapters.detection.rule_costs import show_costs
from services.matcher.adapters.detection.ticks import Ticker
from services.matcher.adapters.detection.unreadable import UnreadableItems
from services.matcher.adapters.rules.follower import Follower
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.stream.repeat import show_forever
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.app.basis import Basis
from services.matcher.domain.rules.budget import Budget, RuleCosts


def add_detect(basis: Basis, follower: Follower) -> None:
    """Add the agent `detect`, and the task that writes ticks for it."""
    costs: RuleCosts = defaultdict(float)
    processor = ProcessorClock()
    budget = partial(thread_budget, basis.settings.detect_budget_ms, costs, processor)
    matcher = _build_matcher(basis, follower, budget)
    detection = _build_detection(basis, matcher, processor)
    process = partial(_detect, matcher, detection)
    basis.add_agent(EVENTS, Agent("detect", process, matcher.activate))
    basis.call_when_moving(matcher.forget_partitions)
    clock = _choose_clock(basis, detection)
    ticker = Ticker(basis.sender, clock, basis.topic_name(EVENTS), basis.skew)
    basis.app.run_beside(partial(show_forever, basis.app, partial(show_costs, costs)))
    seconds = basis.settings.tick_seconds
    basis.app.run_beside(partial(ticker.run, basis.app, basis.kafka.cluster, seconds))


def _build_matcher(basis: Basis, follower: Follower, budget: Callable[[], Budget]) -> ActiveMatcher:
    """The matcher of events, whose rules change as they are published."""
    backfilled = basis.kafka.rules.backfilled
    fail = partial(crash_and_park, basis.app)
    tasks = BackfillTasks(_build_backfill(basis), backfilled, fail)
    known = partial(follower.known, basis.bundles)
    return ActiveMatcher(basis.bundles, tasks, known, budget)


def _build_backfill(basis: Basis) -> Backfill:
    events, kafka = basis.topic_name(EVENTS), basis.kafka
    return Backfill(
        KafkaReplaySource(basis.settings.kafka, events),
        basis.sender,
        BackfillPartitions(
            kafka.signals_partitions,
            partial(kafka.cluster.known_partitions, events),
            kafka.rules.backfilled,
        ),
        budget=partial(thread_budget, basis.settings.detect_budget_ms),
        in_hand=basis.in_hand,
        find_lethal=basis.lethal.find,
    )


def _build_detection(basis: Basis, matcher: ActiveMatcher, processor: ProcessorClock) -> Detection:
    return Detection(
        matcher,
        basis.sender,
        basis.kafka.signals_partitions,
        UnreadableItems(basis.sender, basis.settings.dead_letter_limit),
        heartbeats=_build_heartbeats(basis),
        quotas=_build_quotas(basis, processor),
        backfilled=basis.kafka.rules.backfilled,
        in_hand=basis.in_hand,
        clock_skew=basis.settings.clock_skew_seconds,
    )


async def _detect(
    matcher: ActiveMatcher,
    detection: Detection,
    message: ConsumerRecord,
    lethal_items: frozenset[int],
) -> None:
    await matcher.activate(message)
    await detection.process(message, lethal_items)


def _build_heartbeats(basis: Basis) -> Heartbeats | None:
    """None on the recorded clock: a gap in a file is no silence of its sources."""
    if basis.is_recorded:
        return None
    return Heartbeats(lambda: basis.bundles.current.rulebook.sources)


def _build_quotas(basis: Basis, processor: ProcessorClock) -> Quotas | None:
    """None on the recorded clock: a file may hold many reports of one time."""
    if basis.is_recorded:
        return None
    partitions = basis.kafka.cluster.known_partitions(basis.topic_name(EVENTS))
    return Quotas(basis.settings.detect_quota_ms / 1000 / max(1, partitions), processor)


def _choose_clock(basis: Basis, detection: Detection) -> Callable[[], datetime | None]:
    if basis.is_recorded:
        return lambda: detection.newest.recorded_at
    return lambda: datetime.now(UTC)
