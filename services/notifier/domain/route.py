"""Which receivers an alert goes to, and whether it is let through to one of them now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from schemas.alert import Alert
from schemas.duty import is_watchdog
from services.notifier.domain.decisions import ADMITTED, Reason, RouteAdmission
from services.notifier.domain.entry import has_ended
from services.notifier.domain.ports import Job
from services.notifier.domain.routing.escalation import find_delay, list_escalated
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.routing.schedule import LOOKED_AHEAD
from services.notifier.domain.routing.tree import Route, Routing, find_reachable, find_routes

LONGEST_MUTE = timedelta(minutes=15)
"""A muted alert is decided on again after it at the latest, since the routes may have changed."""


def select_receivers(routing: Routing, alert: Alert) -> tuple[str, ...]:
    """The receivers that get a job for `alert`; what they do with it is decided there.

    A watchdog goes to none, nor does an alert of a storm, since the storm has its own alert.
    From the second revision on an alert goes wherever an earlier one may have led; by routes of a
    file its end goes to every receiver, as the file may have changed since it was shown. Where it
    may escalate to, it waits for that.
    """
    if is_watchdog(alert) or alert.storm:
        return ()
    if has_ended(alert) and not routing.is_default:
        return routing.receivers
    find, labels = find_routes if alert.revision == 1 else find_reachable, label_alert(alert)
    names = {route.receiver for route in find(routing.root, labels)}
    names |= list_escalated(routing.escalations, labels)
    return tuple(name for name in routing.receivers if name in names)


def group_by_receivers(
    jobs: Iterable[Job], routing: Routing
) -> Mapping[tuple[str, ...], list[Job]]:
    """The jobs, in their order, by the receivers that they go to."""
    groups: dict[tuple[str, ...], list[Job]] = {}
    for job in jobs:
        groups.setdefault(select_receivers(routing, job.alert), []).append(job)
    return groups


def admit(routing: Routing, alert: Alert, receiver: str, now: datetime | None) -> RouteAdmission:
    """Whether some route lets `alert` through to the receiver now; if none, the first's reason.

    `now` None: a replay, to which ages and hours mean nothing.
    """
    labels = label_alert(alert)
    routes = find_routes(routing.root, labels)
    to_receiver = [route for route in routes if route.receiver == receiver]
    if not to_receiver:
        delay = None if now is None else find_delay(routing.escalations, labels, receiver)
        return RouteAdmission(None if delay else Reason.NOT_ROUTED, escalates_after=delay)
    if now is None:
        return ADMITTED
    takes_suspected = any(route.takes_suspected for route in to_receiver)
    last = alert.last_fired_at or alert.starts_at
    admissions = [admit_by(route, now - last, now, LONGEST_MUTE) for route in to_receiver]
    widest = _choose_widest(admissions)
    return replace(widest, takes_suspected=takes_suspected)


def admit_by(
    route: Route, age: timedelta, now: datetime, within: timedelta = LOOKED_AHEAD
) -> RouteAdmission:
    """Whether this route lets an alert through; `age`: since its last firing time.

    The end of a mute is looked for `within` so long.
    """
    if route.max_age is not None and age > route.max_age:
        return RouteAdmission(Reason.TOO_OLD, grouping=route.grouping)
    return RouteAdmission(muted_until=route.schedule.find_end(now, within), grouping=route.grouping)


def _choose_widest(admissions: Sequence[RouteAdmission]) -> RouteAdmission:
    muted = [each.muted_until for each in admissions if each.muted_until]
    for each in admissions:
        if each.is_open:
            return each
    if not muted:
        return admissions[0]
    return RouteAdmission(muted_until=min(muted), grouping=admissions[0].grouping)
