"""The windows of duty alerts that are counted like the hits of a rule."""

from dataclasses import replace
from datetime import timedelta

from schemas.alert import Level
from schemas.duty import (
    DUTY_PACK,
    MESSAGE_SET_ASIDE,
    MESSAGES_LOST,
    RECEIVER_DOWN,
    SOURCE_FAULTY,
    SOURCE_UNREADABLE,
)
from schemas.rule import Condition
from services.matcher.domain.windows.compile_window import ONE_INSTANT
from services.matcher.domain.windows.window_rule import WindowRule

UNREADABLE_SOURCE = WindowRule(
    pack=DUTY_PACK,
    name=SOURCE_UNREADABLE,
    title="A source cannot be read",
    id=None,
    level=Level.MEDIUM,
    version=None,
    type=None,
    bases=(SOURCE_UNREADABLE,),
    timespan=ONE_INSTANT,
    condition=Condition(gte=1),
    count_by="event",
    resolve_after=timedelta(minutes=15),
    max_lateness=timedelta(hours=72),
    group_by=("source",),
    corroboration=None,
    summary="{{ source }} sends items that cannot be read, more than its dead-letter limit",
    action="See `vedette dead-letters list` for the reason, and have the source mended.",
)
"""One alert a source: a hit each period in which it passes its limit, so resolved after three."""

FAULTY_SOURCE = replace(
    UNREADABLE_SOURCE,
    name=SOURCE_FAULTY,
    title="A source cannot be fetched",
    bases=(SOURCE_FAULTY,),
    summary="{{ source }} fails again and again: {{ fault }}",
    action="Mend its file in sources/, or ask whoever runs it. With `paused: true` in its file it "
    "is left alone.",
)
"""One alert a source; the worker of ingest repeats its hit while fetching fails."""

LOST_MESSAGES = replace(
    UNREADABLE_SOURCE,
    name=MESSAGES_LOST,
    title="Kafka deleted messages before they were read",
    bases=(MESSAGES_LOST,),
    group_by=("topic", "partition", "reader"),
    summary="{{ messages }} messages of {{ topic }}, partition {{ partition }}, "
    "were deleted before the {{ reader }} read them",
    action="Raise the topic's retention, and find out why the {{ reader }} was stopped or slow.",
)
"""One alert a partition and reader, resolved when nothing more is lost."""

SET_ASIDE = replace(
    UNREADABLE_SOURCE,
    name=MESSAGE_SET_ASIDE,
    title="A message ended workers",
    bases=(MESSAGE_SET_ASIDE,),
    group_by=("topic",),
    summary="A message of {{ topic }} ended two workers: it is a dead letter, and not evaluated",
    action="Read it with `vedette dead-letters list`. When its fault is mended, retry it by its "
    "reason, crashes_worker.",
)
"""One alert a topic; a hit for each message that is set aside."""

DOWN_RECEIVER = replace(
    UNREADABLE_SOURCE,
    name=RECEIVER_DOWN,
    title="A receiver takes no alerts",
    level=Level.HIGH,
    bases=(RECEIVER_DOWN,),
    group_by=("receiver",),
    summary="{{ receiver }} takes no alerts: {{ fault }}",
    action="Repair {{ receiver }}, or look at the alerts where they still arrive. Its queue is "
    "kept and sent when it answers.",
)
"""One alert a receiver; the notifier repeats its hit while the receiver is down."""

DUTY_WINDOWS = {
    (rule.pack, rule.name): rule
    for rule in (UNREADABLE_SOURCE, FAULTY_SOURCE, LOST_MESSAGES, SET_ASIDE, DOWN_RECEIVER)
}
"""All of them by pack and name; they are valid beside the windows of any rules."""
