"""Following the rules topic: bundles come into force, and the last good one stays."""

from dataclasses import dataclass, field

import pytest

from schemas.bundle import BUNDLE_KEY, CompletedBackfill, OnChange
from schemas.envelope import Headers
from schemas.version import SCHEMA_VERSION
from services.matcher.adapters.rules.bundle_rules import BadBundle, compile_bundle
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.follower import NOTE, Follower
from services.matcher.adapters.rules.rules_topic import BundleRecord, RulesRead
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.adapters.rules.bundles import GOOD, HEAD, NOW, written
from tests.matcher.fakes import FakePublished
from tests.matcher.rules import report

FAULTY = GOOD | {"iraq/indicators/more.yaml": "title: Nothing\n"}


@dataclass(frozen=True)
class RulesRecord:
    """A message of the rules topic."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = field(default_factory=list)


def test_a_bundle_becomes_rules_with_its_number_and_how_they_stand() -> None:
    rules = compile_bundle(written(7))

    (match,) = match_event(rules.rulebook, report("Rockets fell."))
    assert match.rule.name == "rockets"
    assert match_event(rules.rulebook, report("Nothing happened.")) == ()
    assert rules.number == 7
    assert rules.generation(("iraq", "rockets")) == RuleGeneration(OnChange.REBUILD, 7, NOW, NOW, 7)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"{", "Invalid JSON"),
        (b"{}", "digest: is missing"),
        (written(1, FAULTY).raw, "iraq/indicators/more.yaml:1: name: is missing"),
        (written(1, {"iraq/pack.yaml": HEAD}).raw, "no rule in it has windows"),
        (written(1, {}).raw, "no pack.yaml"),
    ],
    ids=["no JSON", "no bundle", "a fault", "no rule", "no pack"],
)
def test_a_bundle_with_any_fault_is_bad_as_a_whole(raw: bytes, message: str) -> None:
    with pytest.raises(BadBundle, match=message):
        compile_bundle(BundleRecord(1, raw))


async def test_a_worker_starts_with_the_newest_bundle() -> None:
    follower = Follower(FakePublished([written(1), written(5)]), {})

    bundles = await follower.first()

    assert bundles is not None
    assert bundles.current.number == 5


async def test_without_a_bundle_it_starts_with_none() -> None:
    assert await Follower(FakePublished(), {}).first() is None


async def test_a_worker_that_starts_on_a_bad_bundle_takes_the_one_before_and_says_so() -> None:
    notes: dict[str, str] = {}
    follower = Follower(FakePublished([written(1), written(5, FAULTY)]), notes)

    bundles = await follower.first()

    assert bundles is not None
    assert bundles.current.number == 1
    assert (await bundles.at_least(5)).number == 1
    assert "bundle 5" in notes[NOTE]


async def test_with_bad_bundles_alone_it_does_not_start() -> None:
    with pytest.raises(BadBundle, match=r"more\.yaml"):
        await Follower(FakePublished([written(5, FAULTY)]), {}).first()


async def test_the_last_good_bundle_stays_until_a_better_one_comes() -> None:
    notes: dict[str, str] = {}
    topic = FakePublished([written(1)], [written(5, FAULTY), written(6)])
    follower = Follower(topic, notes)
    bundles = await follower.first()
    assert bundles is not None

    await follower.step(bundles)
    kept, notes_then = bundles.current.number, dict(notes)
    await follower.step(bundles)

    assert (kept, bundles.settled) == (1, 6)
    assert "more.yaml" in notes_then[NOTE]
    assert (bundles.current.number, notes) == (6, {})


async def test_a_partition_is_known_when_the_rules_are_here_that_judged_it_last() -> None:
    topic = FakePublished([written(1)], [written(5)], done={3: 5})
    follower = Follower(topic, {})
    bundles = await follower.first()
    assert isinstance(bundles, Bundles)
    bundles.patience = 0.01

    await follower.known(bundles, 0)
    with pytest.raises(Exception, match="bundle 5"):
        await follower.known(bundles, 3)
    await follower.step(bundles)
    await follower.known(bundles, 3)


async def test_a_number_in_the_topic_that_is_no_bundles_is_not_waited_for() -> None:
    bundles = Bundles(ActiveRules(Rulebook()), patience=0.01)

    await Follower(FakePublished(seen=9), {}).step(bundles)

    assert (await bundles.at_least(9)).number == 0


def test_bundles_and_records_of_partitions_stand_side_by_side() -> None:
    read = RulesRead()
    raw = written(1).raw
    done = [CompletedBackfill(partition=2, bundle=4), CompletedBackfill(partition=2, bundle=3)]
    records = [RulesRecord(3, BUNDLE_KEY, raw)]
    records += [
        RulesRecord(4 + at, completed.key, completed.model_dump_json().encode())
        for at, completed in enumerate(done)
    ]
    forged = CompletedBackfill(partition=1, bundle=11)
    strange = [RulesRecord(8, b"backfilled/1", b"{"), RulesRecord(9, None, None)]
    strange += [RulesRecord(10, forged.key, forged.model_dump_json().encode())]

    bundles = read.take([*records, *strange])

    assert bundles == [BundleRecord(4, raw)]
    assert [read.backfilled(partition) for partition in (1, 2)] == [0, 4]


def test_what_a_later_release_wrote_to_the_topic_is_refused() -> None:
    read, later = RulesRead(), [("ce_dataschema", b"urn:vedette:rules:%d" % (SCHEMA_VERSION + 1))]
    completed = CompletedBackfill(partition=2, bundle=1)

    (refused,) = read.take(
        [
            RulesRecord(3, BUNDLE_KEY, written(1).raw, later),
            RulesRecord(4, completed.key, completed.model_dump_json().encode(), later),
        ]
    )

    with pytest.raises(BadBundle, match="upgrade"):
        compile_bundle(refused)
    assert read.backfilled(2) == 0
