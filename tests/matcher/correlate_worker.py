"""A worker of correlate over a table in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from schemas.alert import Alert, Status
from schemas.envelope import header
from schemas.topics import ALERTS, DEAD_LETTERS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule
from tests.fakes import FakeRecordSender
from tests.matcher.builders import ALONE, RULE, hit
from tests.matcher.correlation import correlator
from tests.matcher.messages import Given

NAME = ("iraq", "joint_march")
ABOVE = replace(RULE, name="many_marches", bases=("joint_march",))


def in_force(rule: WindowRule | None) -> ActiveRules:
    """The rule, if there is one, and another above it."""
    windows = {} if rule is None else {(rule.pack, rule.name): rule}
    return ActiveRules(Rulebook(windows=windows, feeds={NAME: (ABOVE,)}))


@dataclass
class CorrelateWorker:
    """A correlation over a table, fresh as after a start."""

    rule: WindowRule | None = ALONE
    table: dict[bytes, bytes] = field(default_factory=dict)
    sender: FakeRecordSender = field(default_factory=FakeRecordSender)

    def __post_init__(self) -> None:
        bundles = Bundles(in_force(self.rule))
        self.correlation = correlator(bundles, self.table, self.sender, partitions=2)

    async def take(self, *messages: Given) -> "CorrelateWorker":
        for message in messages:
            await self.correlation.take(message)
        return self

    def restarted(self) -> "CorrelateWorker":
        return CorrelateWorker(self.rule, self.table)

    @property
    def alerts(self) -> Sequence[Alert]:
        return self.sender.decode(ALERTS, Alert)

    @property
    def revisions(self) -> Sequence[tuple[Status, int]]:
        return [(alert.status, alert.revision) for alert in self.alerts]

    @property
    def state(self) -> WindowState:
        key = StateKey(StateKind.WINDOW, hit(0).key)
        state = self.correlation.states.partition(1).get(key)
        assert isinstance(state, WindowState)
        return state

    @property
    def dead_letters(self) -> Sequence[tuple[str | None, str | None]]:
        letters = self.sender.to(DEAD_LETTERS)
        return [
            (header(letter.headers, "where"), header(letter.headers, "reason"))
            for letter in letters
        ]
