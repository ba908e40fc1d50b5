"""A reader of one rule over a model that counts."""

from dataclasses import replace

from services.matcher.adapters.reading.active_reader import ActiveReader
from services.matcher.adapters.reading.quiet_thread import QuietThread
from services.matcher.adapters.reading.suspecting import Suspecting
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.reader.heads import TrainedPack
from services.matcher.domain.reader.ports import SentenceModel
from services.matcher.domain.reader.stored_heads import store_heads
from tests.fakes import FakeRecordSender
from tests.matcher.fakes import CountingModel
from tests.matcher.reading import fire_head
from tests.matcher.rules import detecting, rulebook


def suspecting(
    model: SentenceModel | None = None, sender: FakeRecordSender | None = None, width: int = 4096
) -> Suspecting:
    counting = CountingModel(width=width)
    stored = store_heads(TrainedPack("counting", "digest", {"fire": fire_head(counting)}))
    rule = detecting(
        "fire",
        "said or (like and base)",
        said={"words|contains": "shelled"},
        like={"words|means": "fire"},
        base={"words|phrase": "base"},
    )
    rules = ActiveRules(replace(rulebook(rule), number=3), heads={"pack": stored})
    active = ActiveReader(Bundles(rules), model or counting, {}, {})
    return Suspecting(active, sender or FakeRecordSender(), QuietThread())
