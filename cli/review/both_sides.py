"""The two replays of a review, beside each other where that pays."""

from collections.abc import Sequence
from functools import partial
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection

from cli.faults import CommandFailure
from schemas.event import Event
from services.matcher.domain.backtest.replay import Replay
from services.matcher.domain.review.review import ReviewPlan, replay_side

FEW_EVENTS = 5_000
"""Up to it a second process costs more than it saves."""


def replay_both(plan: ReviewPlan, events: Sequence[Event]) -> tuple[Replay, Replay]:
    """The alerts before and after. Blocks; many events are replayed in two processes.

    Raises:
        CommandFailure: the other process ended without an answer.
        Exception: whatever the code of a rule raises.
    """
    before, after = partial(replay_side, plan.before), partial(replay_side, plan.after)
    if len(events) <= FEW_EVENTS or "fork" not in get_all_start_methods():
        return before(events), after(events)
    context = get_context("fork")  # the rules and events are there without being copied
    answer, sender = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(sender, before, events))
    child.start()
    sender.close()
    replayed = after(events)
    try:
        return answer.recv(), replayed
    except EOFError:
        raise CommandFailure("the replay of the older rules ended: is memory short?") from None
    finally:
        child.join()


def _answer(sender: Connection, replay: "partial[Replay]", events: Sequence[Event]) -> None:
    with sender:
        sender.send(replay(events))
