"""What both agents of the matcher are built on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from schemas.topics import topic_name
from services.clock_skew import ClockSkew
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.crashes.set_aside import Agent, LethalFilter
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.stream.agents import add_agent
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.topics.record_sender import TopicSender
from services.matcher.app.kafka import Kafka
from services.matcher.settings import MatcherSettings


@dataclass(frozen=True, slots=True)
class Basis:
    """The app, the active rules, and where both agents send and report what they process."""

    app: App
    settings: MatcherSettings
    kafka: Kafka
    bundles: Bundles
    sender: TopicSender
    lethal: LethalFilter
    skew: ClockSkew

    @property
    def in_hand(self) -> InHand:
        """Which message is processed."""
        return self.lethal.in_hand

    @property
    def is_recorded(self) -> bool:
        """Whether time is that of the reports, as in a replay, not the wall's."""
        return self.settings.clock == "recorded"

    def topic_name(self, topic: str) -> str:
        """The full name of a topic."""
        return topic_name(self.settings.topic_prefix, topic)

    def add_agent(self, topic: str, agent: Agent) -> None:
        """Have the agent process `topic`, but for what is lethal."""
        process = partial(self.lethal.take, agent)
        add_agent(self.app, agent.where, self.sender.topics[topic], process)

    def call_when_moving(self, forget: Callable[[], None]) -> None:
        """Have `forget` called when partitions go, or the process ends."""
        for moving in (self.app.on_partitions_revoked, self.app.on_before_shutdown):
            moving.connect(lambda *_given, **_named: forget())
