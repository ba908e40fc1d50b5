"""Where clauses of a sentence part: a cue of one clause says nothing about an act of another."""

from services.matcher.domain.says.scene import Scene
from services.matcher.domain.says.sentence import CLAUSE_BREAK
from services.matcher.domain.text.report_words import WordRange

_LONGEST_ASIDE = 14
"""Words of a relative clause that are looked back over for its beginning."""
_ASIDE_OPENS = 3
"""Words in which it begins (`most of whom`)."""
_LONGEST_LEAD = 14
"""Words of what leads to a sentence (`after days of rumours, …`)."""


def is_parted(scene: Scene, first: WordRange, second: WordRange) -> bool:
    """Whether another clause begins between the two.

    It does at *but* and the like, at *and* before a doer who is not joined with one before it, and
    at any *and* behind *without*.
    """
    if is_contrasted(scene, first, second) or _is_phrase_left(scene, first, second):
        return True
    start, end = min(first.end, second.end), max(first.start, second.start)
    return any(_opens(scene, at) for at in range(start, end))


def _is_phrase_left(scene: Scene, before: WordRange, act: WordRange) -> bool:
    """Whether the words are about a phrase that *and* ends: `without a word and attacked`."""
    grammar, verb = scene.grammar, scene.words[act.start]
    if scene.words[before.end - 1] not in grammar.phrasal or grammar.active.search(verb):
        return False
    return not grammar.joins.isdisjoint(scene.words[before.end : act.start])


def is_contrasted(scene: Scene, first: WordRange, second: WordRange) -> bool:
    """Whether *but* or the like stands between the two."""
    start, end = min(first.end, second.end), max(first.start, second.start)
    return any(
        start <= words.start and words.end <= end for words in scene.sentence.places(CLAUSE_BREAK)
    )


def _opens(scene: Scene, at: int) -> bool:
    """Whether the word joins a new clause: a doer follows it, and none stands right before it."""
    if scene.words[at] not in scene.grammar.joins:
        return False
    follows = any(actor.words.start == at + 1 for actor in scene.actors.all)
    return follows and not any(actor.words.end == at for actor in scene.actors.all)


def is_stopped(scene: Scene, before: WordRange, act: WordRange) -> bool:
    """Whether a semicolon, or a word that resumes (`فقد`), is between words and the act behind."""
    between = range(before.end, act.start + 1)
    return not scene.sentence.stops.isdisjoint(between) or any(
        at in scene.sentence.breaks and scene.words[at] in scene.grammar.resumes for at in between
    )


def is_presupposed(scene: Scene, before: WordRange, act: WordRange) -> bool:
    """Whether words as *after* stand between, by which the act is so whatever is said before."""
    return not scene.grammar.presupposes.isdisjoint(scene.words[before.end : act.start])


def is_aside(scene: Scene, before: WordRange, act: WordRange) -> bool:
    """Whether words are in a clause between commas, and the act is behind it.

    The clause is relative, or the words begin it: *KH, which has not commented, attacked*, and
    *KH, and not Badr, attacked*. Or it leads to the sentence: *after it denied this, KH attacked*.
    Or what is said follows it: *he said, not giving his name, that KH attacked*.
    """
    first = _skip_nested(scene, before.end, act.start)
    ends = [at for at in range(first, act.start + 1) if _closes(scene, at)]
    if not ends:
        return False
    if _leads(scene, before):
        return True
    for at in range(before.start, max(0, before.start - _LONGEST_ASIDE), -1):
        if at in scene.sentence.breaks:
            begun = scene.words[at] in scene.grammar.joins and at + 1 == before.start
            opens = at == before.start or begun or _opens_aside(scene, at)
            return opens or _interrupts_report(scene, at, ends[0])
    return False


def _interrupts_report(scene: Scene, first: int, last: int) -> bool:
    """Whether words of saying stand before the first word, and what is said begins at the last."""
    says = not scene.grammar.reports.isdisjoint(scene.words[:first])
    return says and scene.words[last] in scene.grammar.complements


def _skip_nested(scene: Scene, first: int, last: int) -> int:
    """Past an aside that begins right here (`which would, analysts say, attack`), if one does."""
    if first not in scene.sentence.breaks:
        return first
    return next((at + 1 for at in range(first + 1, last + 1) if at in scene.sentence.breaks), first)


def _leads(scene: Scene, words: WordRange) -> bool:
    """Whether the words are part of what only leads to the sentence: `after days of rumours`."""
    if not 0 < words.start <= _LONGEST_LEAD or scene.words[0] not in scene.grammar.leads:
        return False
    return not scene.has_break(1, words.start)


def begins_aside(scene: Scene, first: int, last: int) -> bool:
    """Whether a relative clause begins at one of these words, and goes on to the last."""
    for at in range(last, first - 1, -1):
        if at in scene.sentence.breaks:
            return _opens_aside(scene, at)
    return False


def _opens_aside(scene: Scene, at: int) -> bool:
    """Whether a relative clause begins at a word behind a comma: `which`, `most of whom`."""
    return not scene.grammar.relatives.isdisjoint(scene.words[at : at + _ASIDE_OPENS])


def _closes(scene: Scene, at: int) -> bool:
    """Whether a clause may end before the word; between names of a list none does."""
    if at not in scene.sentence.breaks:
        return False
    ends = any(actor.words.end == at for actor in scene.actors.all)
    return not (ends and any(actor.words.start == at for actor in scene.actors.all))


def ends_clause(scene: Scene, first: int, last: int) -> bool:
    """Whether the clause of the first of these words ends before the last of them at a comma.

    It goes on behind an aside: *that KH, the largest of them, attacked*, *that, by night, KH …*.
    """
    commas = [at for at in range(first, last + 1) if at in scene.sentence.commas]
    while commas:
        at = commas.pop(0)
        if at > first and not _interrupts(scene, at):
            return True
        del commas[:1]  # what closes the aside
    return False


def _interrupts(scene: Scene, at: int) -> bool:
    """Whether the comma before the word begins an aside or parts names, and so ends no clause."""
    return _opens_aside(scene, at) or any(actor.words.end == at for actor in scene.actors.all)
