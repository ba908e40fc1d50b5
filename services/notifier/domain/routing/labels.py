"""The labels of an alert, which routes match."""

from schemas.alert import Alert
from schemas.duty import is_duty
from schemas.storm import STORM
from services.notifier.domain.routing.matchers import Labels

GROUP_PREFIX = "group_"
"""Before the name of a field of the group: `group_country`."""

SUSPECTED = "suspected"
"""Whether only the reader found it: a pager takes such alerts by a route that asks for them."""

FLAGS = ("exercise", "backfill", "late", "uncorroborated", SUSPECTED, "storm", "duty")
"""Labels that are `true` or `false`."""

NAMES = ("level", "pack", "rule", "hypothesis", *FLAGS)

CHANGING = frozenset({"level", "hypothesis", "backfill", "late", "uncorroborated", SUSPECTED})
"""Labels that another revision of the same alert may have otherwise."""


def label_alert(alert: Alert) -> Labels:
    """The labels of a revision; `hypothesis` has a value for each.

    `storm` marks the alert about a storm; those that it stands for are routed nowhere.
    """
    flags = {
        "exercise": alert.exercise,
        "backfill": alert.backfill,
        "late": alert.late,
        "uncorroborated": alert.uncorroborated,
        SUSPECTED: alert.suspected,
        "storm": STORM in alert.group,
        "duty": is_duty(alert),
    }
    return {
        "level": (str(alert.level),),
        "pack": (alert.pack,),
        "rule": (alert.rule.name,),
        "hypothesis": alert.hypotheses,
        **{name: ("true" if holds else "false",) for name, holds in flags.items()},
        **{f"{GROUP_PREFIX}{field}": (value,) for field, value in alert.group.items()},
    }


def is_label(name: str) -> bool:
    """Whether an alert may have the label."""
    return name in NAMES or name.startswith(GROUP_PREFIX)
