"""The active reader: heads come and go with the bundle, and what is missing is noted."""

from dataclasses import replace

from schemas.reader_heads import PackHeads
from services.matcher.adapters.reading.active_reader import NOTE, ActiveReader
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.reader.heads import TrainedPack
from services.matcher.domain.reader.stored_heads import store_heads
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.fakes import CountingModel
from tests.matcher.reading import fire_head
from tests.matcher.rules import detecting, rulebook


def _heads(model: str = "counting") -> PackHeads:
    return store_heads(TrainedPack(model, "digest", {"fire": fire_head(CountingModel())}))


def _book(number: int) -> Rulebook:
    like = {"words|means": "fire", "words|phrase": "base"}
    return replace(rulebook(detecting("fire", "like", like=like)), number=number)


def _active(rules: ActiveRules, **from_folder: PackHeads) -> ActiveReader:
    return ActiveReader(Bundles(rules), CountingModel(), from_folder, {})


def test_it_reads_with_the_heads_of_the_bundle() -> None:
    active = _active(ActiveRules(_book(1), heads={"pack": _heads()}))
    assert list(active.current().reader.heads) == [("pack", "fire")]
    assert NOTE not in active.notes


def test_rules_of_a_folder_have_the_heads_beside_them() -> None:
    active = _active(ActiveRules(_book(0)), pack=_heads())
    assert list(active.current().reader.heads) == [("pack", "fire")]


def test_newer_rules_are_read_from_the_next_report_on() -> None:
    active = _active(ActiveRules(_book(1), heads={"pack": _heads()}))
    before = active.current()
    assert active.current() is before
    active.bundles.put(ActiveRules(_book(2), heads={"pack": _heads()}))
    assert active.current().rulebook.number == 2


def test_a_bundle_without_heads_is_noted_until_one_has_them() -> None:
    active = _active(ActiveRules(_book(1)))
    assert active.current().reader.heads == {}
    assert active.notes[NOTE].startswith("pack: no heads: publish its rules again")
    active.bundles.put(ActiveRules(_book(2), heads={"pack": _heads()}))
    active.current()
    assert NOTE not in active.notes


def test_heads_of_another_model_are_noted_with_what_to_set() -> None:
    active = _active(ActiveRules(_book(1), heads={"pack": _heads("other")}))
    active.current()
    assert "heads for other, and the model here is counting" in active.notes[NOTE]


def test_damaged_heads_are_noted_and_suspect_nothing() -> None:
    head = _heads().heads["fire"].model_copy(update={"weights": "?"})
    damaged = _heads().model_copy(update={"heads": {"fire": head}})
    active = _active(ActiveRules(_book(1), heads={"pack": damaged}))
    assert active.current().reader.heads == {}
    assert "damaged: pack: the head 'fire'" in active.notes[NOTE]
