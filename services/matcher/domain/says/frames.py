"""What is said of a whole clause: that it is a condition, a rumour, a film, or of long ago."""

from collections.abc import Iterator

from services.matcher.domain.says.clauses import ends_clause
from services.matcher.domain.says.cues import (
    PAST,
    SUPPOSED,
    SUPPOSED_AFTER,
    UNREAL,
    Cue,
    is_harmless,
)
from services.matcher.domain.says.scene import Scene
from services.matcher.domain.text.report_words import WordRange

FRAMES = (SUPPOSED_AFTER, UNREAL)
"""Cues of a whole sentence: their words say where they stand, not how near they are."""
_TO_CLAUSE = 4
"""Words from a cue to the clause that it is about (`no sign on Friday that …`)."""
_LONGEST_CLAUSE = 40
_LATEST_DATE = 6
"""Words before the end of a date that begins a sentence (`on this day in 2007, …`)."""


def governs(scene: Scene, cue: WordRange, act: WordRange) -> bool:
    """Whether the cue is about a whole clause, and the act is in it: `no sign that …`."""
    begins = _find_clause(scene, cue)
    if begins is None or act.start - begins > _LONGEST_CLAUSE:
        return False
    return begins <= act.start and not ends_clause(scene, begins, act.start)


def _find_clause(scene: Scene, cue: WordRange) -> int | None:
    """The first word of the clause that the cue is about; None: it is about words."""
    grammar, words = scene.grammar, scene.words
    if words[cue.end - 1] in grammar.complements:
        return cue.end
    for at in range(cue.end, min(cue.end + _TO_CLAUSE + 1, len(words))):
        if words[at] in grammar.complements:
            return at + 1 if _is_about(scene, cue, at) else None
    return None


def _is_about(scene: Scene, cue: WordRange, clause: int) -> bool:
    """Whether the clause is what the cue is about: `denied reports that`, `نفى الوزير أن`."""
    between = scene.words[cue.end : clause]
    if not between or not scene.grammar.claims.isdisjoint(scene.words[cue.start : clause]):
        return True
    follows = scene.grammar.reach.doer_after > 0
    return follows and any(actor.words.start == cue.end for actor in scene.actors.all)


def is_claimed(scene: Scene, act: WordRange) -> bool:
    """Whether the act is in a clause that says what is claimed: `the report that KH attacked`."""
    claims, words = scene.grammar.claims, scene.words
    return any(
        words[at] in claims and governs(scene, WordRange(at, at + 1), act)
        for at in range(max(0, act.start - _LONGEST_CLAUSE), act.start)
    )


def find_conditions(scene: Scene, act: WordRange) -> Iterator[Cue]:
    """The conditions in which the act is, by the order of their words: `had KH attacked`."""
    for at in (0, *sorted(scene.sentence.breaks)):
        if at >= act.start:
            return
        condition = WordRange(at, at + 1)
        inverted = scene.words[at] in scene.grammar.inverted and scene.has_subject(at + 1)
        if inverted and not ends_clause(scene, at, act.start):
            yield Cue(SUPPOSED, condition)


def find_frames(scene: Scene, act: WordRange) -> Iterator[Cue]:
    """What frames the act: who only supposes it, a film or a drill in which it is, a date."""
    for name in (*FRAMES, PAST):
        for words in scene.sentence.places(name):
            outside = words.end <= act.start or act.end <= words.start
            if outside and _frames(scene, name, words, act) and not is_harmless(scene, words):
                yield Cue(name, words)


def _frames(scene: Scene, name: str, words: WordRange, act: WordRange) -> bool:
    if name == PAST:
        return _dates(scene, words, act)
    if name == SUPPOSED_AFTER:
        is_before = words.start == 0 and words.end <= act.start
        return is_before or (words.start >= act.end and words.start in scene.sentence.breaks)
    return True


def _dates(scene: Scene, words: WordRange, act: WordRange) -> bool:
    """Whether a date begins or ends the whole clause: `in 2007, …`, `… in 2007`."""
    if words.end <= act.start:
        begins = words.start <= _LATEST_DATE and not scene.has_break(1, words.end - 1)
        return begins and words.end in scene.sentence.commas
    ends = words.end == len(scene.words) or words.end in scene.sentence.commas
    if not ends or scene.has_break(act.end, words.start):
        return False
    grammar, between = scene.grammar, scene.words[act.end : words.start]
    return grammar.relatives.isdisjoint(between) and grammar.complements.isdisjoint(between)
