"""The processors of storms: of the new groups that are counted, and of the storms themselves."""

from datetime import datetime

from schemas.storm import StormMember
from services.matcher.domain.alerts.new_groups import SPAN, NewGroups
from services.matcher.domain.alerts.storm import (
    StormState,
    pass_storm,
    storm_deadline,
    take_member,
)
from services.matcher.domain.engine.effects import Effects, Send
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.processor import Cause, ProcessingContext
from services.matcher.domain.windows.state import instant


class NewGroupsProcessor:
    """Forgets the new groups of a rule and owner a minute after the newest; windows write them."""

    def handle(
        self, key: StateKey, state: NewGroups | None, cause: Cause, context: ProcessingContext
    ) -> Effects[NewGroups]:
        """As the protocol says."""
        del cause
        due, clock = self.due_at(key, state), context.progress.clock.now()
        if state is None or due is None or clock is None or clock < due:
            return Effects(state, is_changed=False, due=due)
        return Effects(None)

    def due_at(self, key: StateKey, state: NewGroups | None) -> datetime | None:
        """As the protocol says."""
        del key
        return None if state is None else instant(state.newest) + SPAN


class StormProcessor:
    """Counts the members of storms, and announces each storm as one alert."""

    def handle(
        self, key: StateKey, state: StormState | None, cause: Cause, context: ProcessingContext
    ) -> Effects[StormState]:
        """As the protocol says."""
        if isinstance(cause, StormMember):
            outcome = take_member(state, cause, context.step)
        elif state is not None:
            outcome = pass_storm(state, context.step)
        else:
            return Effects(state, is_changed=False)
        repeat, alert = not outcome.is_changed, outcome.alert
        sent = () if alert is None else (Send(alert, is_repeat=repeat),)
        ended = outcome.is_changed and outcome.state is None
        due = self.due_at(key, outcome.state)
        return Effects(outcome.state, outcome.is_changed, due, sent, forgets_alerts=ended)

    def due_at(self, key: StateKey, state: StormState | None) -> datetime | None:
        """As the protocol says."""
        del key
        return None if state is None else storm_deadline(state)
