"""What a sentence says, in a line: `houthis > attack, vessel`."""

from collections.abc import Iterable, Sequence

from services.matcher.domain.says.outcomes import PartOutcome
from services.matcher.domain.says.parts import Group, SaidPhrase


def describe_said(outcomes: Iterable[PartOutcome]) -> str:
    """The parts that are met, with those who do and undergo the acts; lists by their names."""
    return ", ".join(_describe(outcome) for outcome in outcomes if outcome.meetings)


def _describe(outcome: PartOutcome) -> str:
    part, meetings = outcome.part, outcome.meetings
    doers = [doer for meeting in meetings for doer in meeting.doers]
    undergoers = [undergoer for meeting in meetings for undergoer in meeting.undergoers]
    sides = (_name(part.doer, doers), _name(part.act, ()), _name(part.undergoer, undergoers))
    return " > ".join(filter(None, sides))


def _name(side: SaidPhrase | Group | None, members: Sequence[str]) -> str:
    if members:
        return " and ".join(dict.fromkeys(members))
    return side.text.replace("%", "") if side else ""
