"""The labelled sentences of the second pack: readable, each once, a third of them negative."""

from pathlib import Path

from cli.rule_set import read_folder
from schemas.rule import DetectionRule
from services.matcher.adapters.labelled_file import read_labelled
from services.matcher.domain.backtest.score import LabelledReport

PACK = Path(__file__).parents[2] / "rules" / "red-sea"


def test_they_are_enough_of_both_kinds_and_name_rules_that_there_are() -> None:
    with (PACK / "labelled" / "unseen.jsonl").open("rb") as lines:
        read = list(read_labelled(lines))
    labelled = [each for each in read if isinstance(each, LabelledReport)]
    rules = {
        rule.document.name
        for pack in read_folder(PACK).packs
        for rule in pack.rules
        if isinstance(rule.document, DetectionRule)
    }
    named = {name for each in labelled for name in (*each.label.expect, *each.label.allow)}

    assert len(labelled) == len(read) >= 120
    assert sum(not each.label.expect for each in labelled) >= len(labelled) // 3
    assert named <= rules
