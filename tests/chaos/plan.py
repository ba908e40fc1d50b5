"""Which fault strikes what, and when: the same for the same seed."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from tests.standins.faults import ScriptedFault

POST, EDIT, HISTORY = "chat.postMessage", "chat.update", "conversations.history"
INGEST, MATCHER, NOTIFIER = SERVICES = ("ingest", "matcher", "notifier")
KAFKA, REDIS, SLACK, PAGER, RULE_FILES = "kafka", "redis", "slack", "pager", "rules"

# how long its target is left alone afterwards
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
SEVERAL = ("SIGKILL matcher", "SIGKILL matcher", "SIGSTOP matcher", "SIGKILL notifier")


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """One fault: at so many seconds after the start, on `target`, for `lasts` seconds."""

    at: float
    kind: str
    target: str
    lasts: float = 0.0
    faults: tuple[ScriptedFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One act upon a target, as a strike begins or ends."""

    at: float
    act: str
    target: str
    strike: PlannedFault


@dataclass(frozen=True, slots=True)
class FaultSettings:
    """How many faults, of which kinds, within so many seconds; how many there are of a service."""

    faults: int
    seconds: float
    kinds: Sequence[str] = KINDS + SEVERAL
    freeze_seconds: float = 20.0
    replicas: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(SERVICES, 1))


def plan(wanted: FaultSettings, dice: random.Random) -> tuple[PlannedFault, ...]:
    """The strikes in order of time; the kinds come in turn, in random order if all have a turn."""
    quiet = min(8.0, wanted.seconds / 10)
    slot = (wanted.seconds - 2 * quiet) / max(wanted.faults, 1)
    kinds, busy, found = _shuffled(wanted, dice), dict[str, float](), []
    waiting: list[str] = []
    for number in range(wanted.faults):
        at = quiet + (number + dice.uniform(0, 0.6)) * slot
        strike = _next(waiting, kinds, _Turn(at, wanted, busy, dice))
        busy[strike.target] = at + strike.lasts + REST_SECONDS
        found.append(strike)
    return tuple(found)


def steps(strikes: Sequence[PlannedFault]) -> list[Step]:
    """What is to be done, in order of time."""
    return sorted((step for one in strikes for step in _steps(one)), key=lambda step: step.at)


def _steps(strike: PlannedFault) -> Iterator[Step]:
    act, _, _ = strike.kind.partition(" ")
    yield Step(strike.at, act, strike.target, strike)
    if act == "SIGSTOP":
        yield Step(strike.at + strike.lasts, "SIGCONT", strike.target, strike)
    elif strike.target in (KAFKA, REDIS):
        yield Step(strike.at + strike.lasts, "start", strike.target, strike)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What the choice of the next strike depends on."""

    at: float
    wanted: FaultSettings
    busy: Mapping[str, float]
    dice: random.Random

    def idle(self, target: str) -> bool:
        return self.busy.get(target, 0.0) <= self.at


def _shuffled(wanted: FaultSettings, dice: random.Random) -> Iterator[str]:
    given = list(wanted.kinds)
    for _ in cycle([None]):
        if wanted.faults > len(given):
            dice.shuffle(given)
        yield from given


def _next(waiting: list[str], kinds: Iterator[str], turn: _Turn) -> PlannedFault:
    """The first kind in turn that has an idle target; the others wait, but not for ever."""
    tried: list[str] = []
    while True:
        kind = waiting.pop(0) if waiting else next(kinds)
        every = _targets(kind, turn.wanted)
        idle = [one for one in every if turn.idle(one)]
        if idle or len(tried) > len(turn.wanted.kinds):
            waiting[:0] = tried
            return _strike(kind, turn.dice.choice(idle or every), turn)
        tried.append(kind)


def _targets(kind: str, wanted: FaultSettings) -> list[str]:
    first, name = kind.split(maxsplit=1)[0], kind.rsplit(maxsplit=1)[-1]
    if name in wanted.replicas:
        return [f"{name}-{number}" for number in range(wanted.replicas[name])]
    by_first = {"Slack": SLACK, "PagerDuty": PAGER, "reload": RULE_FILES}
    return [by_first.get(first, name)]


def _strike(kind: str, target: str, turn: _Turn) -> PlannedFault:
    dice = turn.dice
    if target in (SLACK, PAGER):
        return PlannedFault(turn.at, kind, target, faults=_wrong(kind, dice))
    if target in (KAFKA, REDIS):
        return PlannedFault(turn.at, kind, target, round(dice.uniform(1, 8), 1))
    return PlannedFault(
        turn.at, kind, target, turn.wanted.freeze_seconds if kind.startswith("SIGSTOP") else 0.0
    )


def _wrong(kind: str, dice: random.Random) -> tuple[ScriptedFault, ...]:
    call = dice.choice([POST, POST, POST, EDIT])
    stored, times = dice.choice([True, False]), dice.randint(1, 4)
    made = {
        "Slack answers 429": lambda: ScriptedFault(
            "status", POST, 429, retry_after=dice.randint(2, 6), times=times
        ),
        "Slack answers 5xx": lambda: _of_status(call, dice, stored=stored, times=times),
        "Slack hangs": lambda: _hang(call, dice, stored=stored),
        "Slack says ok: false": lambda: _not_ok(call, dice, stored=stored, times=times),
        "Slack loses an answer": lambda: ScriptedFault("drop", POST, stored=True, times=times),
        "PagerDuty answers 5xx": lambda: _of_status("*", dice, stored=stored, times=times),
    }[kind]()
    # an outcome in doubt is looked up: now and then that fails at first too
    blind = ScriptedFault("status", HISTORY, 503)
    return (made, blind) if stored and made.call == POST and times > 2 else (made,)


def _of_status(call: str, dice: random.Random, *, stored: bool, times: int) -> ScriptedFault:
    return ScriptedFault(
        "status", call, dice.choice([500, 502, 503, 504]), stored=stored, times=times
    )


def _hang(call: str, dice: random.Random, *, stored: bool) -> ScriptedFault:
    # longer than the notifier waits (3 s); what takes effect does so before it stops doubting (9 s)
    if stored:
        return ScriptedFault("delay", call, seconds=5, late=dice.choice([True, False]), times=2)
    return ScriptedFault("drop", call, seconds=30, times=2)


def _not_ok(call: str, dice: random.Random, *, stored: bool, times: int) -> ScriptedFault:
    # of the first two Slack says that nothing was done, of the others that something may have been
    harmless = ("ratelimited", "request_timeout")
    error = dice.choice(("internal_error", "fatal_error") if stored else harmless)
    return ScriptedFault("error", call, error=error, stored=stored, times=times)
