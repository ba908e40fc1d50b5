"""The processor of hypotheses, where the rules of a bundle matter."""

from schemas.alert import Alert
from schemas.indication import hypothesis_key
from schemas.tick import Tick
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.clock import PartitionClock
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.engine.effects import Send
from services.matcher.domain.engine.hypothesis_processor import HypothesisProcessor
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.processor import ProcessingContext
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.builders import NOON
from tests.matcher.hypotheses import hypothesis

KEY = StateKey(StateKind.HYPOTHESIS, hypothesis_key("iraq", "mlcoa", exercise=False))
WATCHED = hypothesis(
    observed=[{"rule": "rockets", "at": "2020-01-14T11:00:00Z", "note": "Three fell."}]
)


def announce_level(bundle: int) -> Alert:
    """The level that a hypothesis without a state has by the rules of a bundle."""
    tick = Tick(time=NOON, partition=0, partitions=1)
    progress = PartitionProgress(clock=PartitionClock().advance(tick, 1))
    rules = ActiveRules(Rulebook(number=bundle))
    context = ProcessingContext(1, NOON, rules, progress, progress)
    processor = HypothesisProcessor({(WATCHED.pack, WATCHED.name): WATCHED})

    effects = processor.handle(KEY, None, tick, context)

    (command,) = effects.commands
    assert isinstance(command, Send)
    assert isinstance(command.message, Alert)
    return command.message


def test_a_hypothesis_that_comes_back_in_a_later_bundle_gives_its_levels_other_ids() -> None:
    first, again = announce_level(1), announce_level(2)

    assert first.starts_at == again.starts_at
    assert first.id != again.id
