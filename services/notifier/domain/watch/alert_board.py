"""What people see of alerts: lists, groups, one with its history, and counts of rules."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.acknowledgement import Acknowledgement
from schemas.alert import Alert, Status
from schemas.ledger import Entry, LedgerLine
from schemas.recorded_verdict import Opinion, RecordedVerdict
from schemas.silence import Silence
from services.notifier.domain.routing.matchers import LabelMatcher
from services.notifier.domain.watch.acknowledgements import holds
from services.notifier.domain.watch.alert_summary import AlertSummary, Listed
from services.notifier.domain.watch.ports import (
    AlertArchive,
    LineHistory,
    LogReader,
    RecordStore,
)
from services.notifier.domain.watch.refusals import NoSuchThing
from services.notifier.domain.watch.silences.hiding import SilenceBook

SCANNED = 500
MOST_SCANNED = 2_000
"""Alerts that one request looks at; the next page goes on behind them."""


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are asked for; None: either."""

    matchers: tuple[LabelMatcher, ...] = ()
    statuses: tuple[Status, ...] = tuple(Status)
    acknowledged: bool | None = None
    silenced: bool | None = None


@dataclass(frozen=True, slots=True)
class BoardItem:
    """An alert with what people did about it; `silence`: that hides it now."""

    listed: Listed
    acknowledgement: Acknowledgement | None
    silence: Silence | None
    verdict: RecordedVerdict | None

    @property
    def summary(self) -> AlertSummary:
        """The alert in short."""
        return self.listed.summary


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Alerts, those that changed last first; `next_place`: where the next page begins."""

    items: tuple[BoardItem, ...]
    next_place: int | None


@dataclass(frozen=True, slots=True)
class AlertDossier:
    """Everything that is known of an alert here."""

    alert: Alert
    item: BoardItem
    entries: Mapping[str, Entry]
    history: Sequence[LedgerLine]


@dataclass(frozen=True, slots=True)
class RuleTrackRecord:
    """What a rule did since `since`: its alerts, and how many have each verdict."""

    pack: str
    rule: str
    fires: int
    opinions: Mapping[Opinion, int]


@dataclass(frozen=True, slots=True)
class AlertBoard:
    """Reads what the notifiers keep; every method may raise the stores' errors."""

    archive: AlertArchive
    silences: RecordStore[Silence]
    acknowledgements: RecordStore[Acknowledgement]
    verdicts: RecordStore[RecordedVerdict]
    log: LogReader
    history: LineHistory
    clock: Callable[[], datetime]

    def list_alerts(self, wanted: AlertFilter, before: int | None, most: int) -> BoardPage:
        """A page of at most `most`; a short one may have another behind it."""
        items: list[BoardItem] = []
        scanned, place = 0, before
        while scanned < MOST_SCANNED:
            page = self.archive.list_page(wanted.statuses, place, SCANNED)
            for item in self._complete(page):
                place = item.listed.place
                if selects(wanted, item):
                    items.append(item)
                if len(items) == most:
                    return BoardPage(tuple(items), place)
            if len(page) < SCANNED:
                return BoardPage(tuple(items), None)
            scanned += len(page)
        return BoardPage(tuple(items), place)

    def group_firing(
        self, matchers: tuple[LabelMatcher, ...], labels: Sequence[str]
    ) -> Mapping[tuple[str, ...], Sequence[BoardItem]]:
        """The newest alerts that fire by the values of these labels."""
        groups: dict[tuple[str, ...], list[BoardItem]] = defaultdict(list)
        wanted = AlertFilter(matchers, (Status.FIRING,))
        for item in self.list_alerts(wanted, None, SCANNED).items:
            values = (item.summary.labels.get(label) or ("",) for label in labels)
            groups[tuple(",".join(each) for each in values)].append(item)
        return groups

    def show_alert(self, alert_id: str) -> AlertDossier:
        """The alert with its history.

        Raises NoSuchThing.
        """
        archived = self.archive.find(alert_id)
        if archived is None:
            raise NoSuchThing("", f"no alert {alert_id!r}: ended ones are kept for 30 days")
        [item] = self._complete([Listed(0, archived.summary)])
        entries = self.log.read_entries(alert_id)
        return AlertDossier(archived.alert, item, entries, self.history.read(alert_id))

    def count_rules(self, days: int) -> list[RuleTrackRecord]:
        """What each rule did in the last `days`, the busiest first."""
        since = self.clock() - timedelta(days=days)
        recent = [each for each in self._list_all() if each.seen_at >= since]
        fires: dict[tuple[str, str], int] = defaultdict(int)
        opinions: dict[tuple[str, str], dict[Opinion, int]] = defaultdict(lambda: defaultdict(int))
        for summary in recent:
            fires[summary.pack, summary.rule] += 1
        for verdict in self.verdicts.find([summary.id for summary in recent]):
            if verdict is not None:
                opinions[verdict.pack, verdict.rule][verdict.opinion] += 1
        records = [RuleTrackRecord(*key, count, opinions[key]) for key, count in fires.items()]
        return sorted(records, key=lambda each: (-each.fires, each.pack, each.rule))

    def list_verdicts(self, days: int) -> list[RecordedVerdict]:
        """The verdicts of the last `days`, the newest first."""
        recent = self.verdicts.list_needed(self.clock() - timedelta(days=days))
        return sorted(recent, key=lambda verdict: verdict.at, reverse=True)

    def _list_all(self) -> Iterator[AlertSummary]:
        before: int | None = None
        while page := self.archive.list_page(Status, before, SCANNED):
            yield from (listed.summary for listed in page)
            before = page[-1].place

    def _complete(self, page: Sequence[Listed]) -> Iterable[BoardItem]:
        ids, now = [listed.summary.id for listed in page], self.clock()
        known, verdicts = self.acknowledgements.find(ids), self.verdicts.find(ids)
        book = SilenceBook.compile(self.silences.list_needed(now) if page else ())
        for listed, taken, verdict in zip(page, known, verdicts, strict=True):
            summary = listed.summary
            hold = book.find_hold(summary.labels, summary.raised_at, now)
            yield BoardItem(
                listed,
                taken if holds(taken, summary, now) else None,
                hold.silence if hold and summary.status is Status.FIRING else None,
                verdict,
            )


def selects(wanted: AlertFilter, item: BoardItem) -> bool:
    """Whether the filter asks for the alert."""
    summary = item.summary
    if summary.status not in wanted.statuses:
        return False
    if wanted.acknowledged not in (None, item.acknowledgement is not None):
        return False
    if wanted.silenced not in (None, item.silence is not None):
        return False
    return all(matcher.holds(summary.labels) for matcher in wanted.matchers)
