"""State: all that is kept for one rule and group, as one frozen, serialisable value.

Times are microseconds since 1970, so that they sort, subtract and serialise cheaply.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import msgspec

from schemas.alert import Evidence
from schemas.signal import FieldValue, Signal
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert, AnnouncedAlerts
from services.matcher.domain.windows.ordered import Ordered

FOREVER = 2**62
"""Behind all times."""
NEVER = -(2**63)
"""Before all times."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def span(length: timedelta) -> int:
    """A length of time in microseconds."""
    return length // _MICROSECOND


def instant(us: int) -> datetime:
    """The aware UTC time of `us` microseconds since 1970."""
    return _EPOCH + us * _MICROSECOND


class Hit(msgspec.Struct, frozen=True, array_like=True):
    """One event counted by one base rule. Sorts by time, then identity, then base.

    An alert of a base rule counts as one event; its `revision` says which version of it. It lasts
    from the first to the last of its `firings`, and `at` is the last. An event that is counted
    whole has a `length` that ends at `at`. One that is `suspected` was found by the reader alone.
    """

    at: int
    identity: str
    base: str
    story: str
    owners: tuple[str, ...]
    recorded: int
    backfill: bool
    values: tuple[str, ...]
    fields: dict[str, FieldValue]
    report: dict[str, Any]
    by: tuple[str, ...] = ()
    revision: int = 0
    length: int = 0
    firings: tuple[int, ...] = ()
    suspected: bool = False

    @property
    def times(self) -> tuple[int, ...]:
        """The times at which it has a rule asked."""
        return self.firings or (self.at,)

    @property
    def first(self) -> int:
        """The first time whose window may hold it: `W(t)` does if `first <= t` and `last` is in it.

        The alert of a base rule lies in each window that it overlaps.
        """
        return self.firings[0] if self.firings else self.at

    @property
    def last(self) -> int:
        """What `W(t)` has to reach back to: before `first` if it holds the hit only whole."""
        return self.at - self.length

    @property
    def order(self) -> tuple[int, str, str]:
        """The key by which hits are sorted."""
        return (self.at, self.identity, self.base)

    @property
    def key(self) -> tuple[str, str]:
        """Equal for repeats of one hit."""
        return (self.identity, self.base)

    @property
    def evidence(self) -> Evidence:
        """The report that made it."""
        return Evidence.model_validate(self.report)

    def evidence_as(self, roles: tuple[str, ...]) -> Evidence:
        """The report that made it, in these roles; two thirds of what a changed copy costs."""
        return Evidence.model_validate({**self.report, "roles": roles})


class FiringRun(msgspec.Struct, frozen=True, array_like=True):
    """Firing times of one episode, or of the settled part of one.

    A settled run keeps its last firing time and those whose windows may still hold a hit, and of a
    base rule the newest others. `dropped` counts the events of its evidence that are forgotten,
    `owners` has theirs; `corroborated` is True if they sufficed.
    """

    start: int
    firings: tuple[int, ...]
    value: float
    dropped: int = 0
    corroborated: bool = False
    owners: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        """The latest firing time."""
        return self.firings[-1]


class WindowState(msgspec.Struct, frozen=True):
    """Hits, settled runs and announced alerts of one key; `offset` of the last message applied.

    `since` is when the rule began to watch, `clock` the time up to which absences are evaluated.
    Times up to `settled_until` change no more: `runs` has what fired there.
    `dropped_live` has the identities, with their times, of live hits that were dropped during a
    rule change: such a hit is live again if it is backfilled. `evaluation` is what is known of the
    state by now: no part of its value, and never stored.
    `suspicion` is the second evaluation, of suspected hits and all others; None without any. Its
    `announced` are the alerts that words alone do not find, its `retractions` what a person denied,
    and its `means` is that of the rule when its last suspected hit came.
    `pending`: alerts count less, or more, than their episodes do until the next tick.
    """

    group: dict[str, str] = {}
    exercise: bool = False
    offset: int = -1
    serial: int = 0
    since: int | None = None
    clock: int | None = None
    settled_until: int | None = None
    hits: Ordered[Hit] = Ordered()
    retractions: dict[str, int] = {}
    runs: tuple[FiringRun, ...] = ()
    announced: AnnouncedAlerts = AnnouncedAlerts()
    dropped_live: dict[str, int] = {}
    evaluation: Any = None
    suspicion: "WindowState | None" = None
    means: str = ""
    pending: bool = False

    @classmethod
    def empty(cls) -> Self:
        """The state of a key without messages."""
        return cls()

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing that has to be kept."""
        return not (
            self.hits
            or self.retractions
            or self.runs
            or self.announced
            or self.dropped_live
            or self.suspicion
        )

    @property
    def alerts(self) -> tuple[AnnouncedAlert, ...]:
        """Those announced, of both evaluations."""
        return (*self.announced, *self.suspected)

    @property
    def suspected(self) -> AnnouncedAlerts:
        """Those of the second evaluation."""
        return AnnouncedAlerts() if self.suspicion is None else self.suspicion.announced

    def among(self, ids: Collection[str]) -> list[AnnouncedAlert]:
        """The alerts of both evaluations with these ids."""
        return [*self.announced.among(ids), *self.suspected.among(ids)]


def make_hit(signal: Signal, *, certain: bool = False) -> Hit:
    """The hit of a signal; if `certain`, an event's time is the end of its interval."""
    whole = certain and not signal.firings
    ends = (signal.occurred_until or signal.occurred_at) if whole else signal.occurred_at
    return Hit(
        at=max(signal.firings, default=micros(ends)),
        length=span(ends - signal.occurred_at),
        identity=signal.identity,
        base=signal.base,
        story=signal.story,
        owners=signal.owners or (signal.owner,),
        recorded=micros(signal.learned_at),
        backfill=signal.backfill,
        values=signal.values,
        fields=dict(signal.fields),
        report=signal.evidence.model_dump(mode="json", exclude_defaults=True),
        by=signal.by,
        revision=signal.revision,
        firings=signal.firings,
        suspected=signal.suspected,
    )
