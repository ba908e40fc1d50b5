"""Old news in which hardly any rule may match, where it is beside the checkout."""

import gzip
from pathlib import Path

import pytest

from schemas.event import Event
from services.matcher.adapters.event_file import read_events
from services.matcher.adapters.labelled_file import read_labelled
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.domain.backtest.score import Label, NewsVerdict, Score, score_report
from tests.matcher.proof.streams import data

RULES = Path(__file__).parents[2] / "rules"
PACK = RULES / "iraq-2020"
MOST_FALSE_ALARMS = 1.5
NO_LABEL = Label()


def read_verdicts() -> dict[str, Label]:
    with (PACK / "labelled/news_verdicts.jsonl").open("rb") as lines:
        read = list(read_labelled(lines))
    verdicts = [line for line in read if isinstance(line, NewsVerdict)]
    assert len(verdicts) == len(read)
    return {verdict.event_id: verdict.label for verdict in verdicts}


def test_every_verdict_says_something_and_none_stands_twice() -> None:
    verdicts = read_verdicts()

    assert all(label.rules for label in verdicts.values())
    with (PACK / "labelled/news_verdicts.jsonl").open("rb") as lines:
        assert len(list(lines)) == len(verdicts)


@pytest.mark.timeout(300)
def test_few_false_alarms_on_old_news() -> None:
    rulebook, _ = read_rule_files(RULES).rulebook()
    verdicts = read_verdicts()
    score = Score()

    with gzip.open(data("news_negative.jsonl.gz")) as lines:
        for event in read_events(lines):
            assert isinstance(event, Event)
            score.add(score_report(rulebook, event, verdicts.get(event.id, NO_LABEL)))

    assert score.reports > 20_000
    assert score.per_10000 is not None
    assert score.per_10000 <= MOST_FALSE_ALARMS
