"""A report has a budget: the rule that passes it is skipped and named, the others alert."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from schemas.envelope import header
from schemas.event import Event
from schemas.signal import Signal
from schemas.topics import DEAD_LETTERS, SIGNALS
from services.environment import InvalidEnvironment, load
from services.matcher.adapters import metrics
from services.matcher.adapters.detection.matcher import Matcher, MatchResult, thread_budget
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.predicates import FieldTest
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.engine.effects import RuleFailure
from services.matcher.domain.rules.budget import Budget, RuleCosts
from services.matcher.domain.rules.rule_index import without_prefilters
from services.matcher.domain.rules.rulebook import CompiledRule, PackRules, Rulebook
from services.matcher.domain.text.scan import ScannedText, Scanner, ScanResult
from services.matcher.settings import MatcherSettings
from tests.matcher.builders import ALONE
from tests.matcher.detections import detection_by, sender_of
from tests.matcher.messages import as_event, event, given


@dataclass
class FakeClock:
    """The time of a processor, and how often it was asked."""

    now: float = 0.0
    asked: int = 0

    def __call__(self) -> float:
        self.asked += 1
        return self.now

    def budget(self) -> Budget:
        return Budget(0.25, self, lambda: self.now)


@dataclass
class Slow(FieldTest):
    """A condition that holds after so many seconds, and shows its members after others."""

    clock: FakeClock
    seconds: float
    shown: float = 0.0
    field: str = field(default="title", init=False)

    def holds(self, view: EventView) -> bool:  # noqa: ARG002  (as the port says)
        self.clock.now += self.seconds
        return True

    def members(self, view: EventView) -> Iterable[str]:  # noqa: ARG002  (as the port says)
        self.clock.now += self.shown
        return ("a",)


class Broken(FieldTest):
    """A condition that fails."""

    field = "title"

    def holds(self, view: EventView) -> bool:  # noqa: ARG002  (as the port says)
        raise ZeroDivisionError

    def members(self, view: EventView) -> Iterable[str]:  # noqa: ARG002  (as the port says)
        raise ZeroDivisionError


def matcher_of(clock: FakeClock, **predicates: FieldTest) -> Matcher:
    rules = tuple(CompiledRule("pack", name, predicate) for name, predicate in predicates.items())
    pack = PackRules("pack", Lists(), rules, without_prefilters(len(rules)))
    feeds = {
        ("pack", name): (
            replace(ALONE, pack="pack", name=name, bases=(name,), group_by=("title",)),
        )
        for name in predicates
    }
    return Matcher(Rulebook(packs=(pack,), feeds=feeds), clock.budget())


def rules_of(result: MatchResult) -> list[str]:
    return [signal.rule for signal in result.signals]


async def test_the_rule_that_passes_the_budget_is_a_dead_letter_and_the_others_alert() -> None:
    clock = FakeClock()
    matcher = matcher_of(clock, a=Slow(clock, 0.1), slow=Slow(clock, 0.2), b=Slow(clock, 0.1))
    detection = detection_by(matcher, partitions=1)
    counted = metrics.TOO_COSTLY.labels("pack", "slow")
    before = counted._value.get()  # noqa: SLF001  (the only way to read one)

    await detection.process(given(event()))

    (dead,) = sender_of(detection).to(DEAD_LETTERS)
    assert header(dead.headers, "where") == "slow"
    assert header(dead.headers, "reason") == "too_costly: slow"
    assert Event.model_validate_json(dead.value or b"") == as_event()
    sent = sender_of(detection).to(SIGNALS)
    assert [Signal.model_validate_json(record.value or b"").rule for record in sent] == ["a", "b"]
    assert counted._value.get() == before + 1  # noqa: SLF001


def test_the_time_that_a_hit_takes_counts_too() -> None:
    clock = FakeClock()

    result = matcher_of(clock, slow=Slow(clock, 0, shown=0.3), quick=Slow(clock, 0))(as_event())

    assert rules_of(result) == ["quick"]
    assert result.failures == (RuleFailure("slow", "too_costly: slow"),)


def test_rules_that_are_asked_after_a_skipped_one_have_the_budget_anew() -> None:
    clock = FakeClock()
    seconds = {"a": 0.3, "b": 0.2, "c": 0.3, "d": 0.2}

    result = matcher_of(clock, **{name: Slow(clock, took) for name, took in seconds.items()})(
        as_event()
    )

    assert rules_of(result) == ["b", "d"]
    assert result.failures == (RuleFailure("a", "too_costly: a, c"),)


def test_a_report_within_its_budget_asks_the_processor_once() -> None:
    clock = FakeClock()
    rules = {f"rule{number}": Slow(clock, 0) for number in range(100)}
    matcher = matcher_of(clock, **rules)
    clock.asked = 0

    result = matcher(as_event())

    assert (rules_of(result), result.failures) == (list(rules), ())
    assert clock.asked == 1


def test_every_report_has_the_whole_budget_and_names_its_own_rules() -> None:
    clock = FakeClock()
    rule = Slow(clock, 0.3)
    matcher = matcher_of(clock, a=rule)

    results = [matcher(as_event())]
    rule.seconds = 0.2
    results += [matcher(as_event()) for _ in range(2)]

    assert [rules_of(result) for result in results] == [[], ["a"], ["a"]]
    assert [len(result.failures) for result in results] == [1, 0, 0]


def test_the_cost_of_each_rule_is_its_own_condition_and_hits() -> None:
    clock, costs = FakeClock(), RuleCosts(float)
    matcher = matcher_of(clock, a=Slow(clock, 0.01), b=Slow(clock, 0.02, shown=0.04))
    matcher = replace(matcher, budget=replace(clock.budget(), costs=costs))

    for _ in range(2):
        matcher(as_event())

    assert costs == {("pack", "a"): pytest.approx(0.02), ("pack", "b"): pytest.approx(0.12)}


def test_waiting_is_not_counted() -> None:
    clock, wall = FakeClock(), FakeClock()
    matcher = matcher_of(clock, waits=Slow(wall, 10))

    result = replace(matcher, budget=Budget(0.25, clock, wall))(as_event())

    assert (rules_of(result), result.failures) == (["waits"], ())


def test_what_the_text_costs_skips_no_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    matcher = matcher_of(clock, quick=Slow(clock, 0))
    pass_time(monkeypatch, clock, 0.3)

    result = matcher(as_event())

    assert rules_of(result) == ["quick"]
    assert result.failures == (RuleFailure("detect", "too_costly"),)


def pass_time(monkeypatch: pytest.MonkeyPatch, clock: FakeClock, seconds: float) -> None:
    """Let the choice of the candidates take so long."""
    choose: Callable[[PackRules, EventView], Iterable[CompiledRule]] = PackRules.candidates

    def slowly(pack: PackRules, view: EventView) -> Iterable[CompiledRule]:
        clock.now += seconds
        return choose(pack, view)

    monkeypatch.setattr(PackRules, "candidates", slowly)


def test_a_rule_that_fails_hides_no_rule_that_is_too_slow() -> None:
    clock = FakeClock()

    result = matcher_of(clock, bad=Broken(), slow=Slow(clock, 0.3), quick=Slow(clock, 0))(
        as_event()
    )

    assert rules_of(result) == ["quick"]
    assert {failure.where for failure in result.failures} == {"bad", "slow"}


class CountingScanner(Scanner):
    """Counts how often texts were scanned."""

    def __init__(self) -> None:
        super().__init__(())
        self.scans = 0

    def scan(self, texts: Sequence[ScannedText]) -> ScanResult:
        self.scans += 1
        return super().scan(texts)


def test_rules_that_are_asked_one_by_one_share_one_scan() -> None:
    clock, scanner = FakeClock(), CountingScanner()
    rules = {f"rule{number}": Slow(clock, 0) for number in range(100)}
    matcher = matcher_of(clock, bad=Broken(), **rules)
    matcher = replace(matcher, rulebook=replace(matcher.rulebook, scanner=scanner))

    result = matcher(as_event())

    assert [failure.where for failure in result.failures] == ["bad"]
    assert len(result.signals) == 100
    assert scanner.scans <= len(("all at once", "one by one"))


def test_the_budget_is_a_quarter_of_a_second_of_the_processor() -> None:
    assert thread_budget().seconds == 0.25
    assert load(MatcherSettings, {}).detect_budget_ms == 250
    with pytest.raises(InvalidEnvironment, match="VEDETTE_DETECT_BUDGET_MS"):
        load(MatcherSettings, {"VEDETTE_DETECT_BUDGET_MS": "0"})
