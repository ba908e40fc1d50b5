from collections import Counter

from tests.chaos.plan import KINDS, REPEATED_KINDS, SLACK, FaultSettings, list_steps, plan_faults
from tests.chaos.seeded import seeded_random

REPLICAS = {"ingest": 1, "matcher": 3, "notifier": 2}


def settings(faults: int, seconds: float) -> FaultSettings:
    return FaultSettings(faults, seconds, replicas=REPLICAS)


def test_the_same_seed_plans_the_same_faults_and_another_one_others() -> None:
    first, again, other = (
        plan_faults(settings(50, 720), seeded_random("faults", seed)) for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_fifty_faults_are_of_every_kind_and_within_the_time() -> None:
    faults = plan_faults(settings(50, 720), seeded_random("faults", 3))

    assert len(faults) == 50
    assert {fault.kind for fault in faults} == set(KINDS)
    assert Counter(fault.kind for fault in faults).most_common(1)[0][1] <= 3 * len(REPEATED_KINDS)
    assert all(0 < fault.at < 720 for fault in faults)
    assert max(step.at for step in list_steps(faults)) <= 720 + 20


def test_few_faults_are_the_first_of_the_kinds_as_given() -> None:
    faults = plan_faults(settings(5, 60), seeded_random("faults", 4))

    assert [fault.kind for fault in faults] == list(KINDS[:5])


def test_a_target_has_no_fault_while_the_last_one_lasts() -> None:
    faults = plan_faults(settings(50, 720), seeded_random("faults", 5))

    free: dict[str, float] = {}
    for fault in faults:
        assert free.get(fault.target, 0.0) <= fault.at, fault
        free[fault.target] = fault.at + fault.lasts


def test_frozen_processes_go_on_and_stopped_stores_are_started() -> None:
    steps = list_steps(plan_faults(settings(50, 720), seeded_random("faults", 6)))

    acts = Counter(step.act for step in steps)
    stores = [step for step in steps if step.target in ("kafka", "redis")]
    assert acts["SIGSTOP"] == acts["SIGCONT"] > 0
    assert acts["start"] * 2 == len(stores) > 0


def test_a_delayed_slack_call_takes_effect_while_the_notifier_still_looks() -> None:
    faults = plan_faults(settings(500, 7200), seeded_random("faults", 7))

    slack = [fault for fault in faults if fault.target == SLACK]
    late = [script for fault in slack for script in fault.scripted if script.kind == "delay"]
    assert late
    assert all(fault.seconds < 9 for fault in late)
