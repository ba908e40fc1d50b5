"""The processors of storms: of the new groups that are counted, and of the storms themselves."""

import json
from datetime import datetime

import msgspec

from schemas.alert import RuleRef
from schemas.storm import STORM, SUSPECTED, StormGroup, StormNews
from schemas.tick import Tick
from services.matcher.domain.alerts.new_groups import NewGroups
from services.matcher.domain.alerts.storm import (
    StormState,
    pass_storm,
    storm_deadline,
    take_news,
)
from services.matcher.domain.engine.effects import Effects, Send
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.processor import Cause, ProcessingContext
from services.matcher.domain.windows.state import instant


class NewGroupsProcessor:
    """Sends what was marked since the last tick as news, and forgets; windows count."""

    def handle(
        self, key: StateKey, state: NewGroups | None, cause: Cause, context: ProcessingContext
    ) -> Effects[NewGroups]:
        """As the protocol says."""
        due, clock = self.due_at(key, state), context.progress.clock.now()
        if state is None or due is None or clock is None or not isinstance(cause, Tick):
            return Effects(state, is_changed=False, due=due)
        if context.offset <= state.offset:
            again = _make_news(key, state, context) if state.sent else ()
            return Effects(state, is_changed=False, due=due, commands=again)
        if clock < due:
            return Effects(state, is_changed=False, due=due)
        if state.count == state.sent or context.counts is None:
            return Effects(None)
        after = msgspec.structs.replace(state, offset=context.offset, sent=state.count)
        news = _make_news(key, after, context)
        return Effects(after, due=self.due_at(key, after), commands=news)

    def due_at(self, key: StateKey, state: NewGroups | None) -> datetime | None:
        """As the protocol says."""
        del key
        return None if state is None else instant(state.due)


def _make_news(key: StateKey, state: NewGroups, context: ProcessingContext) -> tuple[Send, ...]:
    if context.counts is None:
        return ()
    pack, _rule, *pairs = json.loads(key.name)
    group = dict(pairs)
    news = StormNews(
        pack=pack,
        rule=RuleRef.model_validate(state.rule),
        owner=group[STORM],
        partition=context.counts.partition,
        began=instant(state.began),
        count=state.count,
        newest=tuple(map(StormGroup.model_validate, state.newest)),
        exercise="exercise" in group,
        suspected=SUSPECTED in group,
    )
    return (Send(news),)


class StormProcessor:
    """Announces each storm as one alert."""

    def handle(
        self, key: StateKey, state: StormState | None, cause: Cause, context: ProcessingContext
    ) -> Effects[StormState]:
        """As the protocol says."""
        if isinstance(cause, StormNews):
            outcome = take_news(state, cause, context.step)
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
