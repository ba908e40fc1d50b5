"""Routes muted now as Debian's Alertmanager mutes them, for random time intervals."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notifier.adapters.routes_file import parse_routes
from services.notifier.domain.routing.interval_syntax import MONTHS, WEEKDAYS
from services.notifier.domain.routing.schedule import MuteSchedule
from tests.parts.alertmanager import DAEMON, MISSING, run_alertmanager
from tests.parts.waiting import until
from tests.standins.inbox import InboxStandIn

ROUTES = 60
INTERVALS = ("one", "two", "three", "four")
CASE = "group_case"
NUMBERS = tuple(str(number) for number in range(1, 32))
DAYS = (NUMBERS, tuple(f"-{number}" for number in reversed(NUMBERS)))
LOCATIONS = ("UTC", "Asia/Baghdad", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")
STEP, STEPS = timedelta(minutes=10), range(-1, 7)
"""The moments about now at which a route must be muted or not alike, or it is left out."""

pytestmark = pytest.mark.skipif(DAEMON is None, reason=MISSING)


@dataclass(frozen=True, slots=True)
class Case:
    """The intervals of a route, and by which names it is muted within, and outside, of them."""

    intervals: list[list[dict[str, Any]]]
    mute: list[str]
    active: list[str]


ALWAYS = Case([[{}]] * len(INTERVALS), ["one"], [])
NEVER = Case([[{}]] * len(INTERVALS), [], ["one"])


def draw_range(dice: random.Random, names: Sequence[str]) -> str:
    """`monday`, `monday:friday`."""
    first, last = sorted(dice.choices(range(len(names)), k=2))
    return names[first] if first == last else f"{names[first]}:{names[last]}"


def draw_times(dice: random.Random) -> dict[str, str]:
    first = dice.randrange(47)
    last = dice.randrange(first + 1, 49)
    return {"start_time": write_time(first), "end_time": write_time(last)}


def write_time(half_hours: int) -> str:
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"


FIELDS: Mapping[str, Callable[[random.Random], Any]] = {
    "times": draw_times,
    "weekdays": lambda dice: draw_range(dice, WEEKDAYS),
    "days_of_month": lambda dice: draw_range(dice, dice.choice(DAYS)),
    "months": lambda dice: draw_range(dice, dice.choice((MONTHS, NUMBERS[:12]))),
    "years": lambda dice: draw_range(dice, ("2020", "2025", "2030", "2035", "2040")),
}


def draw_interval(dice: random.Random) -> dict[str, Any]:
    """One with some of the fields, each with one or two entries."""
    interval: dict[str, Any] = {}
    for field, draw in FIELDS.items():
        if dice.random() < 0.4:
            interval[field] = [draw(dice) for _ in range(dice.choice((1, 2)))]
    return interval | {"location": dice.choice(LOCATIONS)}


def draw_case(dice: random.Random) -> Case:
    """Intervals, and those by which a route is muted, or outside which it is."""
    intervals = [[draw_interval(dice) for _ in range(dice.choice((1, 2)))] for _ in INTERVALS]
    return Case(intervals, *(dice.sample(INTERVALS, dice.randrange(3)) for _ in range(2)))


def write_document(cases: Sequence[Case]) -> dict[str, Any]:
    """A file with a route for each case."""
    routes = [
        {
            "receiver": f"r{number}",
            "matchers": [f'{CASE}="{number}"'],
            "group_wait": "0s",
            "mute_time_intervals": [f"{number}-{name}" for name in case.mute],
            "active_time_intervals": [f"{number}-{name}" for name in case.active],
        }
        for number, case in enumerate(cases)
    ]
    named = [
        {"name": f"{number}-{name}", "time_intervals": drawn}
        for number, case in enumerate(cases)
        for name, drawn in zip(INTERVALS, case.intervals, strict=True)
    ]
    return {"route": {"receiver": "none", "routes": routes}, "time_intervals": named}


def parse_schedules(cases: Sequence[Case]) -> list[MuteSchedule]:
    receivers = tuple(f"r{number}" for number in range(len(cases)))
    raw = json.dumps(write_document(cases)).encode()
    routing = parse_routes("r", raw, ("none", *receivers))
    return [route.schedule for route in routing.root.routes]


def is_steady(schedule: MuteSchedule, now: datetime) -> bool:
    return len({schedule.is_muted(now + step * STEP) for step in STEPS}) == 1


def ask_daemon(cases: Sequence[Case], muted: set[str], folder: Path) -> set[str]:
    """The cases of which it notifies; those that are to be muted are sent first."""
    with InboxStandIn() as inbox:
        names = ["none", *(f"r{number}" for number in range(len(cases)))]
        hooks = {name: [{"url": f"{inbox.url}/{name}"}] for name in names}
        receivers = [{"name": name, "webhook_configs": hooks[name]} for name in names]
        document = write_document(cases) | {"receivers": receivers}
        with run_alertmanager(document, folder) as client:
            waiting = {f"r{number}" for number in range(len(cases))} - muted
            for part in (muted, waiting):
                alerts = [{"labels": {CASE: name.removeprefix("r")}} for name in sorted(part)]
                client.post("/alerts", json=alerts).raise_for_status()
            until(lambda: waiting <= {call.name for call in inbox.calls}, "notifications", 60)
        return {call.name for call in inbox.calls}


def test_random_intervals_mute_as_alertmanager_does(tmp_path: Path) -> None:
    dice, now = random.Random(7), datetime.now(UTC)  # noqa: S311  (the same in every run)
    drawn = [ALWAYS, NEVER, *(draw_case(dice) for _ in range(ROUTES))]
    pairs = zip(drawn, parse_schedules(drawn), strict=True)
    cases = [case for case, schedule in pairs if is_steady(schedule, now)]
    schedules = enumerate(parse_schedules(cases))
    muted = {f"r{number}" for number, schedule in schedules if schedule.is_muted(now)}
    names = {f"r{number}" for number in range(len(cases))}

    assert ask_daemon(cases, muted, tmp_path) == names - muted
