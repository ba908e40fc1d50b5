"""A statement: the parts of one `says`, and how one sentence meets them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from services.matcher.domain.says.assertion import (
    QUESTION,
    Spoken,
    find_denial,
    find_gap_veto,
    find_veto,
)
from services.matcher.domain.says.belongings import find_owned, find_owners
from services.matcher.domain.says.cues import Cue
from services.matcher.domain.says.outcomes import Meeting, PartOutcome
from services.matcher.domain.says.parts import Group, Part, SaidPhrase
from services.matcher.domain.says.read_act import Places, find_acts, find_spoken, is_met, read_act
from services.matcher.domain.says.scene import Scene
from services.matcher.domain.text.report_words import WordRange


@dataclass(frozen=True, slots=True)
class Statement:
    """The parts of one `says`; `asserted`: no cue of denial, supposition or the past may reach it.

    Parts with the same act are about one and the same act.
    """

    parts: tuple[Part, ...]
    asserted: bool = True

    has_acts: bool = field(init=False, repr=False, compare=False)
    """Whether a part says who does or undergoes an act."""
    same_acts: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)
    """The numbers of the parts that do, those about one act together."""
    spoken: tuple[Part, ...] = field(init=False, repr=False, compare=False)
    """The parts that must be there: their words are no cue."""

    def __post_init__(self) -> None:
        binds = any(part.binds and not part.absent for part in self.parts)
        object.__setattr__(self, "has_acts", binds)
        object.__setattr__(self, "same_acts", _same_acts(self.parts))
        spoken = tuple(part for part in self.parts if not part.absent)
        object.__setattr__(self, "spoken", spoken)


def _same_acts(parts: Sequence[Part]) -> tuple[tuple[int, ...], ...]:
    groups: dict[tuple[str, bool | int], list[int]] = {}
    for number, part in enumerate(parts):
        if part.binds:
            key = (part.act.text, number if part.absent else -1)
            groups.setdefault(key, []).append(number)
    return tuple(map(tuple, groups.values()))


def read_if_said(statement: Statement, scene: Scene) -> tuple[PartOutcome, ...] | None:
    """What becomes of each part if the sentence says it, else None.

    No part is read behind one that does not hold.
    """
    if scene.is_question or not all(
        _may_be_met(group, statement, scene) for group in statement.same_acts
    ):
        return None
    outcomes = {}
    for number, outcome in _read_parts(statement, scene):
        if not outcome.holds:
            return None
        outcomes[number] = outcome
    return tuple(outcomes[number] for number in range(len(outcomes)))


def _may_be_met(numbers: Sequence[int], statement: Statement, scene: Scene) -> bool:
    """Whether somebody does the act of these parts as they ask; nearly always nobody does."""
    parts = [statement.parts[number] for number in numbers]
    return parts[0].absent or is_met(parts, scene)


def read_statement(statement: Statement, scene: Scene) -> tuple[PartOutcome, ...]:
    """What becomes of each part in the sentence, in the order of the parts."""
    outcomes = dict(_read_parts(statement, scene))
    return tuple(outcomes[number] for number in range(len(statement.parts)))


def _read_parts(statement: Statement, scene: Scene) -> Iterator[tuple[int, PartOutcome]]:
    """What becomes of each part, by number: first of those that say who does what."""
    parts, met = statement.parts, list[Meeting]()
    if scene.is_question:
        yield from ((number, _ask(part, scene)) for number, part in enumerate(parts))
        return
    for numbers in statement.same_acts:
        bound = [parts[number] for number in numbers]
        spoken = statement.spoken if statement.asserted and not bound[0].absent else None
        for number, outcome in zip(numbers, read_act(bound, scene, spoken), strict=True):
            met += outcome.meetings
            yield number, outcome
    for number, part in enumerate(parts):
        if not part.binds:
            yield number, _read_plain(part, statement, scene, met)


def _ask(part: Part, scene: Scene) -> PartOutcome:
    """What becomes of a part in a question, which says nothing."""
    if part.absent:
        return PartOutcome(part)
    last = len(scene.words)
    return PartOutcome(part, (), find_acts(part, scene), Cue(QUESTION, WordRange(last - 1, last)))


def _read_plain(
    part: Part, statement: Statement, scene: Scene, met: Sequence[Meeting]
) -> PartOutcome:
    """What becomes of a part that is words, names, or what belongs to the doer."""
    places = find_acts(part, scene)
    if isinstance(part.act, SaidPhrase) and part.act.own is not None:
        owners = find_owners(scene, statement.parts, met)
        places = tuple(find_owned(places, part.act.own, owners, scene))
    if isinstance(part.act, Group) or part.absent or not statement.asserted:
        return _outcome(part, places, {})
    spoken = partial(find_spoken, statement.spoken, scene)
    vetoes = {place: _veto(statement, scene, place, spoken) for place in places}
    if part.act.has_gaps:
        vetoes = {
            place: veto or find_gap_veto(scene, place, spoken) for place, veto in vetoes.items()
        }
    return _outcome(part, places, vetoes)


def _outcome(part: Part, places: Places, vetoes: dict[WordRange, Cue | None]) -> PartOutcome:
    meetings = tuple(Meeting((place,)) for place in places if vetoes.get(place) is None)
    veto = next(filter(None, vetoes.values()), None) if not meetings else None
    return PartOutcome(part, meetings, places, veto)


def _veto(statement: Statement, scene: Scene, place: WordRange, spoken: Spoken) -> Cue | None:
    """Beside an act words are vetoed only by a denial right before them."""
    if statement.has_acts:
        return find_denial(scene, place, spoken)
    return find_veto(scene, place, spoken)
