from schemas.timeline import Timeline
from services.matcher.domain.backtest.timelines import run_timeline
from tests.matcher.rules import correlating, detecting, rulebook

BOOK = rulebook(
    detecting("rockets", selection={"words|phrase": "rocket*"}),
    correlating("campaign", ["rockets"]),
)


def differences(*texts: str, **expected: object) -> tuple[str, ...]:
    events = [{"at": f"{day}d", "text": text} for day, text in enumerate(texts)]
    timeline = Timeline.model_validate({"name": "t", "events": events} | expected)
    return run_timeline(BOOK, "pack", timeline).differences


def test_a_timeline_holds_when_its_alerts_follow_and_others_do_not() -> None:
    assert differences("Rockets.", "Rockets.", "Rockets.", fires=[{"fires": "campaign"}]) == ()
    assert differences("Rockets.", "Rockets.", silent=["campaign"]) == ()


def test_a_missing_alert_is_a_difference() -> None:
    (line,) = differences("Rockets.", fires=[{"fires": "campaign"}])

    assert line == "expected campaign to fire, but it is silent"


def test_an_alert_of_a_silent_rule_is_a_difference() -> None:
    (line,) = differences("Rockets.", "Rockets.", "Rockets.", silent=["campaign"])

    assert line.startswith("expected silence, but campaign is firing")
