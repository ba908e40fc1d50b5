"""Which group an alert belongs to at a receiver."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from schemas.alert import Alert, Status
from schemas.ledger import Entry
from services.notifier.domain.route import admit
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.routing.tree import Route, Routing, find_routes

GROUP_PREFIX = "group/"
"""Before the ids of groups, in the log and in the ledger."""
DIGESTED = "digest"
"""The group in the log of an alert that a digest shows: the next revision is placed anew."""
ID_LENGTH = 16

Placer = Callable[[Alert, str, datetime], str | None]
"""The id of the group of an alert at a receiver; None: it is in no group."""


def place_alert(routing: Routing, alert: Alert, receiver: str, now: datetime) -> str | None:
    """The id of the alert's group, by the first route that lets it through to the receiver.

    The same for all that belong together. None without a file of routes, or where no route leads
    to the receiver.
    """
    route = None if routing.is_default else _find_route(routing, alert, receiver, now)
    return None if route is None else f"{GROUP_PREFIX}{_identify(route, alert, now)}"


def choose_group(
    entry: Entry | None, current: str | None, placer: Callable[[], str | None]
) -> str | None:
    """The group that a revision joins: that of the message that shows it, else the placer's.

    `current`: the group in which it waits, if it does. None: it is notified by itself.
    """
    if entry is not None and entry.status is Status.FIRING and entry.group != DIGESTED:
        return entry.group
    if entry is not None and entry.status not in (None, Status.FIRING):
        return current
    return placer() or current


def place_nowhere(alert: Alert, receiver: str, now: datetime) -> str | None:
    """No group: a Placer for receivers and clocks without them."""
    del alert, receiver, now
    return None


def is_group(identity: str) -> bool:
    """Whether an id of the log is that of a group."""
    return identity.startswith(GROUP_PREFIX)


def _find_route(routing: Routing, alert: Alert, receiver: str, now: datetime) -> Route | None:
    taken = find_routes(routing.root, label_alert(alert))
    routes = [route for route in taken if route.receiver == receiver]
    grouping = admit(routing, alert, receiver, now).grouping
    admitted = (route for route in routes if route.grouping == grouping)
    return next(admitted, routes[0] if routes else None)


def _identify(route: Route, alert: Alert, now: datetime) -> str:
    grouping, labels = route.grouping, label_alert(alert)
    if grouping.digest is not None:
        return _hash(route.path, grouping.digest.find_next(now).isoformat())
    if grouping.labels is None:
        return _hash(route.path, alert.id)
    values = [[name, sorted(labels.get(name, ()))] for name in grouping.labels]
    return _hash(route.path, json.dumps(values))


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:ID_LENGTH]
