"""How a sentence meets the parts that are about one act: who does it, and who undergoes it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from services.matcher.domain.says.actors import Actor
from services.matcher.domain.says.assertion import find_gap_veto, find_veto
from services.matcher.domain.says.belongings import find_owned, find_owners
from services.matcher.domain.says.cues import Cue
from services.matcher.domain.says.doers import find_doers, is_infinitive
from services.matcher.domain.says.outcomes import Meeting, PartOutcome
from services.matcher.domain.says.parts import Group, Part, SaidPhrase
from services.matcher.domain.says.scene import Scene
from services.matcher.domain.says.undergoers import undergoes
from services.matcher.domain.text.report_words import WordRange

_MOST_ACTS = 24
"""So many places of an act are looked at in a sentence, so that a hostile one costs little."""
Places = tuple[WordRange, ...]
NOBODY: Mapping[str, str] = MappingProxyType({})


class _Occurrence(NamedTuple):
    """One place where the act stands: how each part is met there, who does it, what vetoes it."""

    place: WordRange
    meetings: tuple[Meeting | None, ...]
    doers: tuple[Actor, ...]
    veto: Cue | None

    @property
    def holds(self) -> bool:
        return self.veto is None and all(self.meetings)


def read_act(
    parts: Sequence[Part], scene: Scene, spoken: Sequence[Part] | None
) -> tuple[PartOutcome, ...]:
    """What becomes of each of the parts, which have the same act.

    They are met where one occurrence of the act meets all of them and nothing vetoes it. Words of
    the parts `spoken` veto nothing; None: nothing does.
    """
    occurrences = [
        _read_occurrence(parts, place, scene, spoken)
        for place in find_acts(parts[0], scene)[:_MOST_ACTS]
    ]
    return tuple(_outcome(part, number, occurrences) for number, part in enumerate(parts))


def is_met(parts: Sequence[Part], scene: Scene) -> bool:
    """Whether one occurrence of their act meets all of the parts, vetoed or not."""
    for place in find_acts(parts[0], scene)[:_MOST_ACTS]:
        doers = _doers_at(place, scene)
        for part in parts:
            if _meet(part, place, doers, scene) is None:
                break
        else:
            return True
    return False


def find_spoken(parts: Iterable[Part], scene: Scene) -> Places:
    """The words that these parts look for, without what stands in their gaps."""
    return tuple(place for part in parts for place in _find_spoken(part, scene))


def _find_spoken(part: Part, scene: Scene) -> Iterator[WordRange]:
    places = find_acts(part, scene)
    if isinstance(part.act, Group) or not part.act.has_gaps:
        yield from places
        return
    for item in part.act.items:
        for words in scene.sentence.phrases[item]:
            if any(place.start <= words.start and words.end <= place.end for place in places):
                yield words


def find_acts(part: Part, scene: Scene) -> Places:
    """Where the act of a part stands; words inside the name of a member are no act of anybody."""
    if isinstance(part.act, Group):
        return tuple(words for words, _ in _counted_names(part.act, scene))
    asked = part.act.looked, part.binds
    acts = scene.acts.get(asked)
    if acts is None:
        is_none = scene.is_name if part.binds else scene.is_joined
        places = scene.sentence.phrases[part.act.looked]
        acts = scene.acts[asked] = tuple(place for place in places if not is_none(place))
    return acts


def _read_occurrence(
    parts: Sequence[Part], place: WordRange, scene: Scene, spoken: Sequence[Part] | None
) -> _Occurrence:
    doers = _doers_at(place, scene)
    meetings = tuple([_meet(part, place, doers, scene) for part in parts])
    veto = None
    if spoken is not None and all(meetings):
        said = partial(find_spoken, spoken, scene)
        veto = find_veto(scene, place, said)
        veto = veto or find_gap_veto(scene, place, said)
    return _Occurrence(place, meetings, doers, veto)


def _doers_at(place: WordRange, scene: Scene) -> tuple[Actor, ...]:
    doers = scene.doers.get(place)
    if doers is None:
        doers = scene.doers[place] = find_doers(scene, place)
    return doers


def _outcome(part: Part, number: int, occurrences: Sequence[_Occurrence]) -> PartOutcome:
    held = [each.meetings[number] for each in occurrences if each.holds]
    met = tuple(meeting for meeting in held if meeting is not None)
    seen = tuple(each.place for each in occurrences)
    if met:
        return PartOutcome(part, met, seen)
    veto = next((each.veto for each in occurrences if each.veto is not None), None)
    unmet = [each for each in occurrences if each.meetings[number] is None]
    return PartOutcome(part, (), seen, veto, unmet[0].doers if unmet else ())


def _meet(part: Part, act: WordRange, doers: tuple[Actor, ...], scene: Scene) -> Meeting | None:
    """How this occurrence of the act meets the part; None: it does not."""
    if part.doer is None:
        if is_infinitive(scene, act):
            return None  # to be done, by nobody whom the part asks for
        counted, mine = NOBODY, []
    else:
        counted = part.doer.counted
        mine = [doer for doer in doers if doer.member in counted]
        if not mine:
            return None
    named = tuple(doer.words for doer in mine)
    done = Meeting(
        (*named, act), tuple(dict.fromkeys(counted[doer.member] for doer in mine)), (), named
    )
    if part.undergoer is None:
        return done
    met = tuple(
        (words, member)
        for words, member in _candidates(part, part.undergoer, done, scene)
        if words not in named and undergoes(scene, act, words, doers)
    )
    if not met:
        return None
    members = tuple(dict.fromkeys(member for _, member in met if member))
    return Meeting((*done.words, *(words for words, _ in met)), done.doers, members, named)


def _candidates(
    part: Part, side: SaidPhrase | Group, done: Meeting, scene: Scene
) -> Iterator[tuple[WordRange, str]]:
    """What may undergo the act: its words, and as what it counts."""
    if isinstance(side, Group):
        yield from _counted_names(side, scene)
        return
    places = scene.sentence.phrases[side.looked]
    if side.own is not None:
        owners = find_owners(scene, (part,), (done,))
        places = tuple(find_owned(places, side.own, owners, scene))
    for place in places:
        yield place, ""


def _counted_names(group: Group, scene: Scene) -> Iterator[tuple[WordRange, str]]:
    for member, words in scene.sentence.members:
        if member in group.counted and words not in scene.sentence.describing:
            yield words, group.counted[member]
