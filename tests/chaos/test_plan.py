from collections import Counter

from tests.chaos.dice import dice
from tests.chaos.plan import KINDS, SEVERAL, SLACK, FaultSettings, plan, steps

REPLICAS = {"ingest": 1, "matcher": 3, "notifier": 2}


def wanted(faults: int, seconds: float) -> FaultSettings:
    return FaultSettings(faults, seconds, replicas=REPLICAS)


def test_the_same_seed_plans_the_same_faults_and_another_one_others() -> None:
    first, again, other = (plan(wanted(50, 720), dice("faults", seed)) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_fifty_faults_are_of_every_kind_and_within_the_time() -> None:
    strikes = plan(wanted(50, 720), dice("faults", 3))

    assert len(strikes) == 50
    assert {one.kind for one in strikes} == set(KINDS)
    assert Counter(one.kind for one in strikes).most_common(1)[0][1] <= 3 * len(SEVERAL)
    assert all(0 < one.at < 720 for one in strikes)
    assert max(step.at for step in steps(strikes)) <= 720 + 20


def test_few_faults_are_the_first_of_the_kinds_as_given() -> None:
    strikes = plan(wanted(5, 60), dice("faults", 4))

    assert [one.kind for one in strikes] == list(KINDS[:5])


def test_nobody_is_struck_while_still_down() -> None:
    strikes = plan(wanted(50, 720), dice("faults", 5))

    free: dict[str, float] = {}
    for one in strikes:
        assert free.get(one.target, 0.0) <= one.at, one
        free[one.target] = one.at + one.lasts


def test_what_stops_goes_on_and_what_is_down_comes_back() -> None:
    told = steps(plan(wanted(50, 720), dice("faults", 6)))

    acts = Counter(step.act for step in told)
    stores = [step for step in told if step.target in ("kafka", "redis")]
    assert acts["SIGSTOP"] == acts["SIGCONT"] > 0
    assert acts["start"] * 2 == len(stores) > 0


def test_what_a_hanging_slack_takes_it_takes_before_the_notifier_stops_doubting() -> None:
    strikes = plan(wanted(500, 7200), dice("faults", 7))

    late = [f for one in strikes if one.target == SLACK for f in one.faults if f.kind == "delay"]
    assert late
    assert all(fault.seconds < 9 for fault in late)
