"""What the reader adds to words, and what its gate and veto cost."""

from services.matcher.domain.backtest.score import Label, Tally, score_report
from services.matcher.domain.reader.curves import CurvePoint, trace_curve
from services.matcher.domain.reader.reader_score import ReaderScore
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.reading import reader_of
from tests.matcher.rules import PROXIES, detecting, report, rulebook, word_list


def _book() -> Rulebook:
    rule = detecting(
        "fire",
        "said or (like and base)",
        said={"words|says": "%proxies% > %shell%"},
        like={"words|means": "fire"},
        base={"words|phrase": "base"},
    )
    words = (word_list("shell", en=["shell/v"]), word_list("denied", en=["not"]))
    return rulebook(rule, lists=(PROXIES,), words=words)


def _score(*reports: tuple[str, bool]) -> ReaderScore:
    book = _book()
    reader, score = reader_of(book), ReaderScore()
    for text, expected in reports:
        event = report(text, language="en")
        label = Label(frozenset({"fire"} if expected else ()))
        score.add(score_report(book, event, label), reader.read(event))
    return score


def test_the_reader_is_scored_on_what_words_miss() -> None:
    score = _score(
        ("Badr shelled the base.", True),
        ("They pounded the base.", True),
        ("They struck the base in a game.", False),
    )
    assert score.reader.total() == Tally(found=1, missed=0, false=1)
    assert score.both.total() == Tally(found=2, missed=0, false=1)
    assert score.gated == 2


def test_losses_are_told_apart() -> None:
    score = _score(
        ("They pounded the village.", True),
        ("Badr did not shell and pounded the base.", True),
        ("Talks at the base.", True),
        ("Badr has not shelled or pounded the base.", False),
    )
    assert score.lost == {
        ("en", "outside the gate"): 1,
        ("en", "vetoed"): 1,
        ("en", "too far from the examples"): 1,
    }
    assert score.spared == {"en": 1}


def test_a_curve_begins_at_words_and_falls_with_the_threshold() -> None:
    curve = trace_curve("fire", Tally(found=1, missed=3), [(-0.5, True), (1.0, True), (0.5, False)])
    assert curve.points == (
        CurvePoint(0.25, 1.0),
        CurvePoint(0.5, 1.0),
        CurvePoint(0.5, 2 / 3),
        CurvePoint(0.75, 0.75),
    )
    assert curve.chosen == CurvePoint(0.5, 2 / 3)


def test_a_rule_of_which_nothing_is_suspected_has_no_chosen_point() -> None:
    assert trace_curve("fire", Tally(missed=1), [(-1.0, True)]).chosen is None
    assert trace_curve("fire", Tally(), []).points == (CurvePoint(0.0, 1.0),)
