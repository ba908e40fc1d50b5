"""Builds the Faust app: its agents `detect` and `correlate`, and its tasks."""

from functools import partial

from faust.types import TP

from schemas.topics import EVENTS, topic_name
from services.clock_skew import ClockSkew
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.crashes.passed import PassedCrashes
from services.matcher.adapters.crashes.set_aside import LethalFilter
from services.matcher.adapters.detection.losses import MATCHER, send_losses_forever
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.follower import Follower
from services.matcher.adapters.state.changelog import matcher_group
from services.matcher.adapters.stream.transport import App, faust_options, raw_topic
from services.matcher.adapters.topics.record_sender import TopicSender
from services.matcher.app.basis import Basis
from services.matcher.app.correlation import add_correlate
from services.matcher.app.detection import add_detect
from services.matcher.app.kafka import TOPICS, Kafka
from services.matcher.app.warming import add_warm_up
from services.matcher.settings import MatcherSettings


def create_app(
    settings: MatcherSettings, kafka: Kafka, bundles: Bundles, follower: Follower, in_hand: InHand
) -> App:
    """The Faust app with its agents, its table and its tasks. Nothing is started.

    `bundles` has the rules in force, and `follower` puts newer ones there.
    """
    app = App(matcher_group(settings.topic_prefix), **faust_options(settings.kafka))
    app.fetch_wait_ms = settings.kafka_fetch_wait_ms
    app.run_beside(partial(follower.run, app, bundles))
    basis = _build_basis(app, settings, kafka, bundles, in_hand)
    add_detect(basis, follower)
    add_correlate(basis)
    _add_crash_tasks(basis)
    add_warm_up(basis)
    app.run_beside(partial(send_losses_forever, app, basis.sender, MATCHER))
    return app


def _build_basis(
    app: App, settings: MatcherSettings, kafka: Kafka, bundles: Bundles, in_hand: InHand
) -> Basis:
    names = {name: topic_name(settings.topic_prefix, name) for name in TOPICS}
    sender = TopicSender({name: raw_topic(app, full) for name, full in names.items()})
    lethal = LethalFilter(kafka.rules, in_hand, sender)
    skew = ClockSkew(settings.clock_skew_seconds)
    app.check_clock = skew.check
    return Basis(app, settings, kafka, bundles, sender, lethal, skew)


def _add_crash_tasks(basis: Basis) -> None:
    basis.call_when_moving(basis.lethal.forget_partitions)
    is_backfilling = partial(_is_backfilling, basis)
    passed = PassedCrashes(basis.kafka.rules, basis.sender, is_backfilling)
    basis.app.run_beside(partial(passed.run, basis.app))


def _is_backfilling(basis: Basis, tp: TP) -> bool:
    backfilled = basis.kafka.rules.backfilled(tp.partition)
    return tp.topic == basis.topic_name(EVENTS) and backfilled < basis.bundles.current.number
