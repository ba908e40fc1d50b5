"""A statement: the parts of one `says`, and how one sentence meets them."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.matcher.domain.says.assertion import Cue, find_denial, find_veto
from services.matcher.domain.says.belongings import find_owned, find_owners
from services.matcher.domain.says.outcomes import Meeting, PartOutcome
from services.matcher.domain.says.parts import Group, Part, SaidPhrase
from services.matcher.domain.says.read_act import Places, find_acts, read_act
from services.matcher.domain.says.scene import Scene
from services.matcher.domain.text.report_words import WordRange


@dataclass(frozen=True, slots=True)
class Statement:
    """The parts of one `says`; `asserted`: no cue of denial, supposition or the past may reach it.

    Parts with the same act are about one and the same act.
    """

    parts: tuple[Part, ...]
    asserted: bool = True

    @property
    def has_acts(self) -> bool:
        """Whether a part says who does or undergoes an act."""
        return any(part.binds and not part.absent for part in self.parts)


def holds_in(statement: Statement, scene: Scene) -> bool:
    """Whether the sentence says it."""
    return all(outcome.holds for outcome in read_statement(statement, scene))


def read_statement(statement: Statement, scene: Scene) -> tuple[PartOutcome, ...]:
    """What becomes of each part in the sentence, in the order of the parts."""
    parts = statement.parts
    spoken = tuple(place for part in parts if not part.absent for place in find_acts(part, scene))
    outcomes: dict[int, PartOutcome] = {}
    for numbers in _same_acts(parts):
        bound = [parts[number] for number in numbers]
        asserted = statement.asserted and not bound[0].absent
        read = read_act(bound, scene, spoken, asserted=asserted)
        outcomes.update(zip(numbers, read, strict=True))
    met = [meeting for outcome in outcomes.values() for meeting in outcome.meetings]
    for number, part in enumerate(parts):
        if not part.binds:
            outcomes[number] = _read_plain(part, statement, scene, (spoken, met))
    return tuple(outcomes[number] for number in range(len(parts)))


def _same_acts(parts: Sequence[Part]) -> list[list[int]]:
    """The numbers of the parts that bind, those about one act together."""
    groups: dict[tuple[str, bool | int], list[int]] = {}
    for number, part in enumerate(parts):
        if part.binds:
            key = (part.act.text, number if part.absent else -1)
            groups.setdefault(key, []).append(number)
    return list(groups.values())


def _read_plain(
    part: Part, statement: Statement, scene: Scene, so_far: tuple[Places, Sequence[Meeting]]
) -> PartOutcome:
    """What becomes of a part that is words, names, or what belongs to the doer."""
    spoken, met = so_far
    places = find_acts(part, scene)
    if isinstance(part.act, SaidPhrase) and part.act.own is not None:
        owners = find_owners(scene, statement.parts, met)
        places = tuple(find_owned(places, part.act.own, owners, scene))
    if isinstance(part.act, Group) or part.absent or not statement.asserted:
        return _outcome(part, places, {})
    vetoes = {place: _veto(statement, scene, place, spoken) for place in places}
    return _outcome(part, places, vetoes)


def _outcome(part: Part, places: Places, vetoes: dict[WordRange, Cue | None]) -> PartOutcome:
    meetings = tuple(Meeting((place,)) for place in places if vetoes.get(place) is None)
    veto = next(filter(None, vetoes.values()), None) if not meetings else None
    return PartOutcome(part, meetings, places, veto)


def _veto(statement: Statement, scene: Scene, place: WordRange, spoken: Places) -> Cue | None:
    """Beside an act words are vetoed only by a denial right before them."""
    if statement.has_acts:
        return find_denial(scene, place, spoken)
    return find_veto(scene, place, spoken)
