"""The labels of an alert, which routes match."""

from collections.abc import Mapping

from schemas.alert import Alert, Level
from schemas.duty import is_duty
from schemas.storm import STORM
from services.document_faults import suggest_name
from services.notifier.domain.routing.matchers import LabelMatcher, Labels

GROUP_PREFIX = "group_"
"""Before the name of a field of the group: `group_country`."""

SUSPECTED = "suspected"
"""Whether only the reader found it: a pager takes such alerts by a route that asks for them."""

FLAGS = ("exercise", "backfill", "late", "uncorroborated", SUSPECTED, "storm", "duty")
"""Labels that are `true` or `false`."""

NAMES = ("level", "pack", "rule", "hypothesis", *FLAGS)

_VALUES: Mapping[str, tuple[str, ...]] = {
    "level": tuple(map(str, Level)),
    **dict.fromkeys(FLAGS, ("true", "false")),
}
"""All values of those labels that always have one of a few."""

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


def refuse_label(name: str) -> None:
    """Refuse a label that no alert has.

    Raises:
        ValueError: it is none; the message says what to write.
    """
    if name not in NAMES and not name.startswith(GROUP_PREFIX):
        hint = suggest_name(name, NAMES) or f"write {', '.join(NAMES)} or {GROUP_PREFIX}<field>"
        raise ValueError(f"no alert has a label {name}: {hint}")


def refuse_matcher(matcher: LabelMatcher) -> None:
    """Refuse a matcher of a label that no alert has, or of a value that its label never has.

    Raises:
        ValueError: it is one; the message says what to write.
    """
    refuse_label(matcher.name)
    if matcher.expression is None:
        refuse_value(matcher.name, matcher.value)


def refuse_value(name: str, value: str) -> None:
    """Refuse a value that the label never has; an empty one stands for none.

    Raises:
        ValueError: it is one; the message says what to write.
    """
    values = _VALUES.get(name)
    if values and value not in ("", *values):
        hint = suggest_name(value, values) or f"write {' or '.join(values)}"
        raise ValueError(f"{name} is never {value!r}: {hint}")
