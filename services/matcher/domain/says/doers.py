"""Who does an act of a sentence."""

from collections.abc import Iterator
from itertools import pairwise

from services.matcher.domain.says.actors import Actor, are_apposed, are_joined
from services.matcher.domain.says.scene import Scene
from services.matcher.domain.text.report_words import WordRange

_NEAR = 2
_PASSIVE_REACH = 7


def find_doers(scene: Scene, act: WordRange) -> tuple[Actor, ...]:
    """Those who do the act, as far as the sentence names them; others among them too.

    Named behind *by*; else, unless the act is passive, the nearest before it, or behind it where
    the language says so; else among its words (`convoy of KH leaves`). Who is joined with the
    nearest does it too.
    """
    agent = _find_agent(scene, act)
    if agent is not None:
        return _with_joined(agent, scene, act)
    if is_passive(scene, act):
        return ()
    doer = _find_subject(scene, act)
    if doer is None or _is_told_to(scene, act):
        return ()
    return _with_joined(doer, scene, act)


def is_passive(scene: Scene, act: WordRange) -> bool:
    """Whether the words before the act, or its last, make it one that its subject undergoes."""
    if scene.words[act.end - 1] in scene.grammar.passive_ends:
        return True
    if scene.grammar.active.search(scene.words[act.start]):
        return False
    at = act.start - 1
    while at > max(0, act.start - 1 - _NEAR) and scene.grammar.is_adverb(scene.words[at]):
        at -= 1
    return at >= 0 and scene.words[at] in scene.grammar.passive


def is_infinitive(scene: Scene, act: WordRange) -> bool:
    """Whether somebody is to do the act: `vowed to attack`."""
    if act.start > 0 and scene.words[act.start - 1] in scene.grammar.infinitive:
        return True
    before = scene.words[max(0, act.start - _PASSIVE_REACH) : act.start]
    is_purpose = scene.grammar.purpose.match(scene.words[act.start])
    return bool(is_purpose) and scene.grammar.passive.isdisjoint(before)


def find_agent_word(scene: Scene, act: WordRange) -> WordRange | None:
    """The words that name the agent of the act (*by*), if they are near it.

    They follow it, or stand before it in a language whose acts end their clause.
    """
    words, reach = scene.words, scene.grammar.reach
    places = range(act.end, min(len(words), act.end + reach.agent + 1))
    if scene.grammar.verb_final:
        places = range(max(0, act.start - reach.doer_before), act.start)
    if scene.grammar.agent_words.isdisjoint(words[places.start : places.stop]):
        return None
    for start in places:
        for agent in scene.grammar.agent:
            if words[start : start + len(agent)] == agent:
                return WordRange(start, start + len(agent))
    return None


def _find_agent(scene: Scene, act: WordRange) -> Actor | None:
    """Who is named behind *by*: not of `KH ordered attacks by Badr`, where KH does the act."""
    by = find_agent_word(scene, act)
    if by is None:
        return None
    loose = by.start > act.end and not is_passive(scene, act)
    if loose and _find_before(scene, act) is not None:
        return None
    for actor in scene.actors.after(by.end):
        if actor.words.start - by.end > scene.grammar.reach.name or actor.governed:
            break
        return actor
    return None


def _find_subject(scene: Scene, act: WordRange) -> Actor | None:
    before = _find_before(scene, act)
    after = _find_after(scene, act)
    if after is None or before is None:
        return before or _find_inside(scene, act) or after
    if _is_taken_up(scene, act, after):
        return after
    opens = act.start in scene.sentence.breaks and after.words.start == act.end
    if opens and scene.grammar.reach.doer_after == 0:
        return after
    touches = before.words.end == act.start
    verb_first = scene.grammar.doer_follows.match(scene.words[act.start])
    return after if verb_first and not touches and after.words.start == act.end else before


def _is_taken_up(scene: Scene, act: WordRange, doer: Actor) -> bool:
    """Whether a relative clause about the act, or with it, says that the doer behind it did it.

    *الدعوة التي أطلقها الصدر*, *التظاهرة التي دعا إليها السيد الصدر*.
    """
    words, end = scene.words, doer.words.start
    while end > act.end and words[end - 1] in scene.grammar.ranks:
        end -= 1
    for at in (act.start - 1, act.end):
        if at >= 0 and words[at : at + 1] and words[at] in scene.grammar.relatives:
            return bool(scene.grammar.taken_up.match(" ".join(words[at + 1 : end])))
    return False


def _find_inside(scene: Scene, act: WordRange) -> Actor | None:
    """Who is named among the words of the act."""
    named = scene.actors.after(act.start + 1)[:1]
    inside = bool(named) and named[0].words.start < act.end and not named[0].governed
    return named[0] if inside else None


def _find_before(scene: Scene, act: WordRange) -> Actor | None:
    """The nearest before the act; of *KH, which fought the army, ordered* it is KH."""
    reach = scene.grammar.reach.doer_before
    candidates = [actor for actor in scene.actors.before(act.start) if not actor.governed]
    if act.start in scene.sentence.breaks:
        for actor in reversed(candidates):
            if actor.words.end in scene.sentence.breaks and actor.words.end < act.start:
                return actor
    if not candidates or act.start - candidates[-1].words.end > reach:
        return None
    return candidates[-1]


def _find_after(scene: Scene, act: WordRange) -> Actor | None:
    """The first behind the act, where its language has doers there, or behind a quotation."""
    quoted = act.start in scene.sentence.breaks
    reach = scene.grammar.reach.doer_after or (0 if quoted else -1)
    for actor in scene.actors.after(act.end):
        parted = scene.has_break(act.end, actor.words.start)
        if actor.governed or parted or actor.words.start - act.end > reach:
            return None
        return actor
    return None


def _is_told_to(scene: Scene, act: WordRange) -> bool:
    """Whether somebody is told to do it: `the minister asked KH to leave`, not `KH to leave`."""
    at = act.start - 1
    if at < 1 or not is_infinitive(scene, act) or scene.grammar.intends.search(scene.words[at - 1]):
        return False
    before = scene.actors.before(at)
    if not before or (before[-1].words.end != at and len(before) == 1):
        return False
    start = before[-1].words.start
    while start > 0 and scene.words[start - 1] in scene.grammar.articles:
        start -= 1
    return start > 0 and start not in scene.sentence.breaks


def _with_joined(doer: Actor, scene: Scene, act: WordRange) -> tuple[Actor, ...]:
    """The doer, and who is joined with it. Behind the act a name beside it is an object."""
    index = scene.actors.all.index(doer)
    apposed = doer.words.end <= act.start
    before = _run(scene.actors.all[index::-1], scene, apposed=apposed)
    after = _run(scene.actors.all[index:], scene, apposed=apposed)
    return (*reversed(tuple(before)), doer, *after)


def _run(chain: tuple[Actor, ...], scene: Scene, *, apposed: bool) -> Iterator[Actor]:
    for near, far in pairwise(chain):
        pair = (near, far) if near.words < far.words else (far, near)
        joined = are_joined(*pair, scene.sentence, scene.grammar) or (
            apposed and are_apposed(*pair, scene.sentence, scene.grammar)
        )
        if far.governed != near.governed or not joined:
            return
        yield far
