"""Who undergoes an act of a sentence."""

from services.matcher.domain.says.actors import Actor
from services.matcher.domain.says.clauses import is_parted
from services.matcher.domain.says.doers import find_agent_word, is_passive
from services.matcher.domain.says.scene import Scene
from services.matcher.domain.text.report_words import WordRange

_ADJACENT = 1
_BARE = 2
_NEAR = 3


def undergoes(scene: Scene, act: WordRange, place: WordRange, doers: tuple[Actor, ...]) -> bool:
    """Whether what stands at the place undergoes the act: behind it, or before it if passive."""
    if place.start < act.end and act.start < place.end:
        return place != act
    if place.start >= act.end:
        return _follows(scene, act, place, doers)
    if scene.grammar.verb_final and not is_passive(scene, act):
        return _is_object(scene, act, place)
    return _precedes(scene, act, place)


def _follows(scene: Scene, act: WordRange, place: WordRange, doers: tuple[Actor, ...]) -> bool:
    """Whether it stands behind an active act, in the same clause, and is not its doer."""
    if _others_between(scene, act.end, place.start) > scene.grammar.reach.undergoer_after:
        return False
    if _is_subject(scene, act, place, doers):
        return False
    if is_passive(scene, act) and not scene.grammar.undergoer_follows_passive:
        return False
    by = find_agent_word(scene, act)
    if by is not None and by.start < place.start:
        return False
    return not (_leaves_clause(scene, act.end, place.start) or is_parted(scene, act, place))


def _is_subject(scene: Scene, act: WordRange, place: WordRange, doers: tuple[Actor, ...]) -> bool:
    """Whether it does the act: it stands right behind it, but for a rank (`قصفت قيادة …`)."""
    between = scene.words[act.end : place.start]
    beside = scene.grammar.ranks.issuperset(between) and not _is_noun(scene, act)
    return beside and any(doer.words == place for doer in doers)


def _is_noun(scene: Scene, act: WordRange) -> bool:
    return bool(scene.grammar.noun.match(scene.words[act.start]))


def _others_between(scene: Scene, start: int, end: int) -> int:
    """The words between, without names."""
    named = sum(
        actor.words.end - actor.words.start
        for actor in scene.actors.all
        if start <= actor.words.start and actor.words.end <= end
    )
    return end - start - named


def _leaves_clause(scene: Scene, start: int, end: int) -> bool:
    """Whether a comma stands between, but for one before a number (`three, 2 of them …`)."""
    breaks = scene.sentence.breaks
    return any(at in breaks and not scene.words[at].isdigit() for at in range(start, end + 1))


def _precedes(scene: Scene, act: WordRange, place: WordRange) -> bool:
    """Whether it stands before a passive act, a headline's participle, or a word for a victim."""
    between = scene.words[place.end : act.start]
    if len(between) > scene.grammar.reach.undergoer_before:
        return False
    if not scene.grammar.reports.isdisjoint(between) or is_parted(scene, place, act):
        return False
    if not scene.grammar.verb_final and _is_name_between(scene, place, act):
        return False
    if is_passive(scene, act):
        return True
    return _is_bare(scene, act, len(between))


def _is_name_between(scene: Scene, place: WordRange, act: WordRange) -> bool:
    return any(place.end <= actor.words.start < act.start for actor in scene.actors.all)


def _is_object(scene: Scene, act: WordRange, place: WordRange) -> bool:
    """Whether a mark of the object stands between it and the act, or a preposition before it."""
    between = scene.words[place.end : act.start]
    if len(between) > scene.grammar.reach.undergoer_before or is_parted(scene, place, act):
        return False
    before = scene.words[max(0, place.start - _NEAR) : place.start]
    marks, governs = scene.grammar.object_marks, scene.grammar.governs
    return not (marks.isdisjoint(between) and governs.isdisjoint(before))


def _is_bare(scene: Scene, act: WordRange, distance: int) -> bool:
    first = scene.words[act.start]
    if first in scene.grammar.victims:
        return distance <= _ADJACENT
    following = scene.words[act.end : act.end + 1]
    ends = (
        not following or following[0] in scene.grammar.follows or act.end in scene.sentence.breaks
    )
    return distance <= _BARE and ends and bool(scene.grammar.participle.search(first))
