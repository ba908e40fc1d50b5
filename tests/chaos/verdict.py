"""Received alerts against expected ones: lost, duplicated, unexpected, wrong end, delay."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.chaos.oracle import WITHDRAWN, AlertKey, Prediction
from tests.chaos.pack import PAGING


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message at a receiver with its edits, or an incident; `end` is its present status."""

    key: AlertKey | None
    alert: str | None
    at: float
    end: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """What one receiver got; messages without a key are `notices` of no rule of the pack.

    `withdrawn`: how a withdrawn alert ends there.
    """

    receiver: str
    prediction: Prediction
    received: Sequence[ReceivedMessage]
    withdrawn: str = WITHDRAWN

    @cached_property
    def by_key(self) -> Mapping[AlertKey, Sequence[ReceivedMessage]]:
        """Every message of each alert, in order of arrival."""
        messages: dict[AlertKey, list[ReceivedMessage]] = defaultdict(list)
        for message in sorted(self.received, key=lambda message: message.at):
            if message.key is not None:
                messages[message.key].append(message)
        return messages

    @property
    def notices(self) -> list[str]:
        """Messages about no alert of the pack."""
        return [message.text for message in self.received if message.key is None]

    @property
    def delivered(self) -> list[AlertKey]:
        """Expected and received."""
        return [key for key in self.prediction.expected if key in self.by_key]

    @property
    def lost(self) -> list[AlertKey]:
        """Expected and not received."""
        return [key for key in self.prediction.expected if key not in self.by_key]

    @property
    def duplicated(self) -> list[AlertKey]:
        """Received as more than one message or incident."""
        return [key for key in self.by_key if len(self._counted(key)) > 1]

    @property
    def unexpected(self) -> list[AlertKey]:
        """Received, neither expected nor withdrawn where that is allowed."""
        return [
            key
            for key, messages in self.by_key.items()
            if key not in self.prediction.expected and not self._is_allowed(key, messages)
        ]

    @property
    def wrong_end(self) -> list[AlertKey]:
        """Received, with another last status than expected."""
        return [
            key
            for key in self.delivered
            if self._counted(key)[0].end != self.prediction.expected[key].end
        ]

    @property
    def delays(self) -> dict[AlertKey, tuple[float, float]]:
        """When each expected alert arrived, and how many seconds after it was due."""
        first = {key: self._counted(key)[0].at for key in self.delivered}
        return {key: (at, at - self.prediction.expected[key].due) for key, at in first.items()}

    @property
    def complete(self) -> bool:
        """Whether every expected alert arrived and ended as expected."""
        return not (self.lost or self.wrong_end)

    @property
    def passed(self) -> bool:
        """Whether that is so, each arrived once, and nothing else did."""
        return self.complete and not (self.duplicated or self.unexpected)

    def _counted(self, key: AlertKey) -> Sequence[ReceivedMessage]:
        """Its messages, without those that were withdrawn where that may be; one at least."""
        messages = self.by_key[key]
        if key not in self.prediction.may_be_withdrawn:
            return messages
        kept = [message for message in messages if message.end != self.withdrawn]
        return kept or messages[-1:]

    def _is_allowed(self, key: AlertKey, messages: Sequence[ReceivedMessage]) -> bool:
        withdrawn = all(message.end == self.withdrawn for message in messages)
        return withdrawn and key in self.prediction.may_be_withdrawn


def select_paged(prediction: Prediction) -> Prediction:
    """The alerts among them that page."""
    paged = {key: alert for key, alert in prediction.expected.items() if alert.is_paged(key)}
    passing = frozenset(key for key in prediction.may_be_withdrawn if key.rule in PAGING)
    return Prediction(paged, passing)


def count_table(verdicts: Iterable[Verdict]) -> list[str]:
    """The counts as a table, one line a receiver."""
    names = ("expected", "delivered", "lost", "duplicated", "unexpected", "wrong_end")
    table = [f"{'alerts':10}" + "".join(f"{name:>12}" for name in names) + f"{'worst, s':>12}"]
    for verdict in verdicts:
        counts = [len(verdict.prediction.expected)]
        counts += [len(getattr(verdict, name)) for name in names[1:]]
        worst = max((wait for _, wait in verdict.delays.values()), default=0.0)
        cells = "".join(f"{count:12,}" for count in counts)
        table.append(f"{verdict.receiver:10}{cells}{worst:12.1f}")
    return table


def count_by_rule(keys: Iterable[AlertKey]) -> str:
    """How many alerts of each rule."""
    counted = Counter(key.rule for key in keys)
    return ", ".join(f"{count} {rule}" for rule, count in sorted(counted.items()))
