"""Hypotheses beside the windows: their states in the same table, and when each is due."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kafka.partitioner.default import murmur2

from schemas.alert import Alert
from schemas.indication import Indication, hypothesis_key
from services.matcher.adapters.rules.guard import RuleFailure, guard_rule
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.keys import StateKey, StateKind
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.changes.ending import ended_levels
from services.matcher.domain.hypotheses.change import IndicatorChange
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.indications import read_indication
from services.matcher.domain.hypotheses.state import (
    HypothesisState,
    decode_hypothesis,
    encode_hypothesis,
)
from services.matcher.domain.hypotheses.step import (
    HypothesisOutcome,
    hypothesis_deadline,
    step_hypothesis,
)

_POSITIVE = 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class Noted:
    """When a state is due, and the offset of the message that it has seen last."""

    due: datetime | None
    offset: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the state of a hypothesis lives: its partition, and the key of its messages."""

    partition: int
    hypothesis: WatchedHypothesis
    exercise: bool

    @property
    def key(self) -> StateKey:
        """The key of its state."""
        pack, name = self.hypothesis.pack, self.hypothesis.name
        return _state_key(self.partition, hypothesis_key(pack, name, exercise=self.exercise))


@dataclass(slots=True)
class Hypotheses:
    """The hypotheses in force; `partitions` is the number of signals partitions."""

    states: KeyedStates
    rules: Mapping[tuple[str, str], WatchedHypothesis]
    partitions: int
    noted: dict[Place, Noted] = field(default_factory=dict)

    def forget(self) -> None:
        """The table changed under us: partitions came or went."""
        self.noted.clear()

    def hear(
        self, indication: Indication, partition: int, moment: StepContext
    ) -> HypothesisOutcome | RuleFailure:
        """Apply an indication and keep what it leads to.

        Raises:
            StateTooLarge: nothing was written.
            LookupError: there is no such hypothesis.
        """
        hypothesis = self.rules[indication.pack, indication.hypothesis]
        place = Place(partition, hypothesis, indication.exercise)
        return self._step(place, read_indication(indication), moment)

    def tick(
        self, partition: int, moment: StepContext
    ) -> Iterator[HypothesisOutcome | RuleFailure]:
        """Step every hypothesis of the partition that is due, or has seen this message.

        Raises:
            StateTooLarge: one was not written.
        """
        for place in self._places(partition):
            noted = self.noted.get(place) or self._note(place, self._state(place))
            due = noted.due is not None and moment.clock is not None and noted.due <= moment.clock
            if due or noted.offset >= moment.offset:
                yield self._step(place, None, moment)

    def ended(self, partition: int, key: bytes, now: datetime) -> tuple[Alert, ...]:
        """What is left to say of a hypothesis that is not in force any more."""
        raw = self.states.get(_state_key(partition, key))
        return () if raw is None else ended_levels(decode_hypothesis(raw), now)

    def keys(self, partition: int) -> list[bytes]:
        """The keys of the hypotheses that have a state in a partition, in force or not."""
        return self.states.keys(StateKind.HYPOTHESIS, partition)

    def drop(self, partition: int, key: bytes) -> None:
        """Delete the state of a hypothesis."""
        self.states.delete([_state_key(partition, key)])

    def _places(self, partition: int) -> Iterator[Place]:
        for hypothesis in self.rules.values():
            for exercise in (False, True):
                place = Place(partition, hypothesis, exercise)
                known = self.states.get(place.key) is not None
                if known or (not exercise and self._starts_at(place)):
                    yield place

    def _starts_at(self, place: Place) -> bool:
        """Whether its messages would come here: who has heard none yet has no state."""
        number: int = murmur2(place.key.key) & _POSITIVE
        return number % self.partitions == place.partition

    def _step(
        self, place: Place, change: IndicatorChange | None, moment: StepContext
    ) -> HypothesisOutcome | RuleFailure:
        state, hypothesis = self._state(place), place.hypothesis
        outcome = guard_rule(
            hypothesis.name, lambda: step_hypothesis(hypothesis, state, change, moment)
        )
        if not isinstance(outcome, RuleFailure) and outcome.changed:
            self._keep(place, outcome.state)
        return outcome

    def _state(self, place: Place) -> HypothesisState:
        raw = self.states.get(place.key)
        if raw is None:
            return HypothesisState.empty(exercise=place.exercise)
        return decode_hypothesis(raw)

    def _keep(self, place: Place, state: HypothesisState) -> None:
        self.states.put({place.key: encode_hypothesis(state)})
        self._note(place, state)

    def _note(self, place: Place, state: HypothesisState) -> Noted:
        noted = Noted(hypothesis_deadline(place.hypothesis, state), state.offset)
        self.noted[place] = noted
        return noted


def _state_key(partition: int, key: bytes) -> StateKey:
    return StateKey(StateKind.HYPOTHESIS, partition, key)


def by_name(hypotheses: Iterable[WatchedHypothesis]) -> dict[tuple[str, str], WatchedHypothesis]:
    """Hypotheses by pack and name."""
    return {(one.pack, one.name): one for one in hypotheses}
