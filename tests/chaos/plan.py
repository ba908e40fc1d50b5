"""Which fault happens to what, and when; the same for the same seed."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from tests.standins.faults import ScriptedFault

POST, EDIT, HISTORY = "chat.postMessage", "chat.update", "conversations.history"
INGEST, MATCHER, NOTIFIER = SERVICES = ("ingest", "matcher", "notifier")
KAFKA, REDIS, SLACK, PAGER, RULE_FILES = "kafka", "redis", "slack", "pager", "rules"

# the time without a fault that a target has after one
REST_SECONDS = 12.0

KINDS = (
    "SIGKILL matcher",
    "SIGKILL notifier",
    "SIGKILL kafka",
    "Slack loses an answer",
    "SIGSTOP matcher",
    "SIGTERM redis",
    "reload rules",
    "SIGKILL ingest",
    "SIGSTOP notifier",
    "Slack answers 429",
    "SIGTERM matcher",
    "SIGKILL redis",
    "SIGSTOP ingest",
    "Slack answers 5xx",
    "SIGTERM kafka",
    "SIGTERM notifier",
    "Slack hangs",
    "PagerDuty answers 5xx",
    "SIGTERM ingest",
    "Slack says ok: false",
)
REPEATED_KINDS = ("SIGKILL matcher", "SIGKILL matcher", "SIGSTOP matcher", "SIGKILL notifier")


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """One fault of `target`: `at` seconds after the start, for `lasts` seconds.

    `scripted` is what the stand-in of a receiver does wrong.
    """

    at: float
    kind: str
    target: str
    lasts: float = 0.0
    scripted: tuple[ScriptedFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One act upon a target, as its fault begins or ends."""

    at: float
    act: str
    target: str
    fault: PlannedFault


@dataclass(frozen=True, slots=True)
class FaultSettings:
    """How many faults, of which kinds, within how many seconds; processes of each service."""

    faults: int
    seconds: float
    kinds: Sequence[str] = KINDS + REPEATED_KINDS
    freeze_seconds: float = 20.0
    replicas: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(SERVICES, 1))


def plan_faults(settings: FaultSettings, rng: random.Random) -> tuple[PlannedFault, ...]:
    """The faults in order of time.

    The kinds follow one another as given, or in random order if there are more faults than kinds.
    """
    quiet = min(8.0, settings.seconds / 10)
    slot = (settings.seconds - 2 * quiet) / max(settings.faults, 1)
    kinds, busy_until, faults = _repeat_kinds(settings, rng), dict[str, float](), []
    postponed: list[str] = []
    for number in range(settings.faults):
        at = quiet + (number + rng.uniform(0, 0.6)) * slot
        fault = _plan_next(postponed, kinds, _Slot(at, settings, busy_until, rng))
        busy_until[fault.target] = at + fault.lasts + REST_SECONDS
        faults.append(fault)
    return tuple(faults)


def list_steps(faults: Sequence[PlannedFault]) -> list[Step]:
    """What to do, in order of time."""
    return sorted((step for fault in faults for step in _steps_of(fault)), key=lambda step: step.at)


def _steps_of(fault: PlannedFault) -> Iterator[Step]:
    act, _, _ = fault.kind.partition(" ")
    yield Step(fault.at, act, fault.target, fault)
    if act == "SIGSTOP":
        yield Step(fault.at + fault.lasts, "SIGCONT", fault.target, fault)
    elif fault.target in (KAFKA, REDIS):
        yield Step(fault.at + fault.lasts, "start", fault.target, fault)


@dataclass(frozen=True, slots=True)
class _Slot:
    """What the choice of the next fault depends on; it begins at `at`."""

    at: float
    settings: FaultSettings
    busy_until: Mapping[str, float]
    rng: random.Random

    def is_idle(self, target: str) -> bool:
        return self.busy_until.get(target, 0.0) <= self.at


def _repeat_kinds(settings: FaultSettings, rng: random.Random) -> Iterator[str]:
    kinds = list(settings.kinds)
    for _ in cycle([None]):
        if settings.faults > len(kinds):
            rng.shuffle(kinds)
        yield from kinds


def _plan_next(postponed: list[str], kinds: Iterator[str], slot: _Slot) -> PlannedFault:
    """A fault of the first kind that has an idle target; the kinds before it are postponed.

    Where no kind has one, a busy target is taken.
    """
    tried: list[str] = []
    while True:
        kind = postponed.pop(0) if postponed else next(kinds)
        targets = _targets(kind, slot.settings)
        idle = [target for target in targets if slot.is_idle(target)]
        if idle or len(tried) > len(slot.settings.kinds):
            postponed[:0] = tried
            return _fault_of(kind, slot.rng.choice(idle or targets), slot)
        tried.append(kind)


def _targets(kind: str, settings: FaultSettings) -> list[str]:
    first, name = kind.split(maxsplit=1)[0], kind.rsplit(maxsplit=1)[-1]
    if name in settings.replicas:
        return [f"{name}-{number}" for number in range(settings.replicas[name])]
    by_first = {"Slack": SLACK, "PagerDuty": PAGER, "reload": RULE_FILES}
    return [by_first.get(first, name)]


def _fault_of(kind: str, target: str, slot: _Slot) -> PlannedFault:
    rng = slot.rng
    if target in (SLACK, PAGER):
        return PlannedFault(slot.at, kind, target, scripted=_script(kind, rng))
    if target in (KAFKA, REDIS):
        return PlannedFault(slot.at, kind, target, round(rng.uniform(1, 8), 1))
    return PlannedFault(
        slot.at,
        kind,
        target,
        slot.settings.freeze_seconds if kind.startswith("SIGSTOP") else 0.0,
    )


def _script(kind: str, rng: random.Random) -> tuple[ScriptedFault, ...]:
    call = rng.choice([POST, POST, POST, EDIT])
    stored, times = rng.choice([True, False]), rng.randint(1, 4)
    fault = {
        "Slack answers 429": lambda: ScriptedFault(
            "status", POST, 429, retry_after=rng.randint(2, 6), times=times
        ),
        "Slack answers 5xx": lambda: _of_status(call, rng, stored=stored, times=times),
        "Slack hangs": lambda: _hang(call, rng, stored=stored),
        "Slack says ok: false": lambda: _not_ok(call, rng, stored=stored, times=times),
        "Slack loses an answer": lambda: ScriptedFault("drop", POST, stored=True, times=times),
        "PagerDuty answers 5xx": lambda: _of_status("*", rng, stored=stored, times=times),
    }[kind]()
    # the notifier looks an unknown outcome up: sometimes that fails at first too
    failed_lookup = ScriptedFault("status", HISTORY, 503)
    return (fault, failed_lookup) if stored and fault.call == POST and times > 2 else (fault,)


def _of_status(call: str, rng: random.Random, *, stored: bool, times: int) -> ScriptedFault:
    return ScriptedFault(
        "status", call, rng.choice([500, 502, 503, 504]), stored=stored, times=times
    )


def _hang(call: str, rng: random.Random, *, stored: bool) -> ScriptedFault:
    # longer than the notifier waits (3 s); what takes effect does so while it still looks (9 s)
    if stored:
        return ScriptedFault("delay", call, seconds=5, late=rng.choice([True, False]), times=2)
    return ScriptedFault("drop", call, seconds=30, times=2)


def _not_ok(call: str, rng: random.Random, *, stored: bool, times: int) -> ScriptedFault:
    # these two mean that Slack did nothing; after the others it may have posted
    not_posted = ("ratelimited", "request_timeout")
    error = rng.choice(("internal_error", "fatal_error") if stored else not_posted)
    return ScriptedFault("error", call, error=error, stored=stored, times=times)
