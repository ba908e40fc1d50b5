"""What belongs to the doer of an act: *his men*, *Badr's fighters* if Badr does it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.matcher.domain.says.outcomes import Meeting
from services.matcher.domain.says.parts import Part
from services.matcher.domain.says.scene import Scene
from services.matcher.domain.text.report_words import WordRange

OWN = "own"
"""The word list of *his*, *its*, *their*."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Where a sentence refers to the doers: by words for *his*, and by names of their groups."""

    words: tuple[WordRange, ...] = ()
    names: tuple[WordRange, ...] = ()


def find_owners(scene: Scene, parts: Iterable[Part], met: Sequence[Meeting]) -> Owners:
    """Where the doers of these meetings are referred to, but for where they do the act."""
    doers = {doer for meeting in met for doer in meeting.doers}
    named = {words for meeting in met for words in meeting.named}
    counted = [part.doer.counted for part in parts if part.doer is not None]
    names = (
        words
        for member, words in scene.sentence.members
        if words not in named and any(group.get(member) in doers for group in counted)
    )
    return Owners(tuple(scene.sentence.places(OWN)), tuple(names))


def find_owned(
    places: Sequence[WordRange], most: int, owners: Owners, scene: Scene
) -> Iterator[WordRange]:
    """Those of the places that belong to an owner, together with the owner's words."""
    owns = _is_beside if scene.grammar.owner_follows else _owns
    for place in places:
        owner = next((each for each in owners.words if owns(each, place, most)), None)
        owner = owner or next(
            (each for each in owners.names if _is_beside(each, place, most)), None
        )
        if owner is not None:
            yield WordRange(min(owner.start, place.start), max(owner.end, place.end))
        elif scene.grammar.own_ending.match(scene.words[place.end - 1]):
            yield place


def _owns(owner: WordRange, place: WordRange, most: int) -> bool:
    return 0 <= place.start - owner.end <= most or place.start <= owner.start < place.end


def _is_beside(name: WordRange, place: WordRange, most: int) -> bool:
    return _owns(name, place, most) or 0 <= name.start - place.end <= most
