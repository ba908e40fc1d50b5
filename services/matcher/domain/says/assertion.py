"""Whether a sentence asserts an act: no cue of denial, supposition or the past reaches it."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from services.matcher.domain.languages.writing import NEVER
from services.matcher.domain.says.clauses import (
    begins_aside,
    is_aside,
    is_contrasted,
    is_parted,
    is_presupposed,
    is_stopped,
)
from services.matcher.domain.says.cues import (
    DENIED,
    DENIED_AFTER,
    PAST,
    SUPPOSED,
    SUPPOSED_AFTER,
    UNREAL,
    Cue,
    is_harmless,
)
from services.matcher.domain.says.frames import (
    FRAMES,
    find_conditions,
    find_frames,
    governs,
    is_claimed,
)
from services.matcher.domain.says.scene import Scene
from services.matcher.domain.text.report_words import WordRange

QUESTION = "question"
"""What vetoes in a sentence that asks, in no list: its mark, or how it begins."""
_BESIDE = 2
"""Words from a denial to what it denies, if that is no act (`no deadline`)."""
_LONGEST_SPOKEN = 9
"""Words: a place over a longer gap has others' words in it, and so cues that are cues."""

Spoken = Callable[[], Iterable[WordRange]]
"""Gives the words that a rule looks for: asked only where there is a cue."""


_OF_CLAIMS = (DENIED, SUPPOSED, SUPPOSED_AFTER)
"""Cues that reach nothing that is presupposed: `did not comment after KH attacked`."""
_OF_ITS_CLAUSE = (PAST, UNREAL)
"""Cues that say in a relative clause nothing about what is before it: `the base, built in 2007`."""


def find_veto(scene: Scene, act: WordRange, spoken: Spoken) -> Cue | None:
    """The first cue that reaches an act; None: the sentence asserts it.

    Words that the rule itself looks for, `spoken`, are no cue: `told them not to attack`.
    """
    reach = scene.grammar.reach
    cues = chain(
        _find_modals(scene, act, reach.cue_before),
        _before(scene, DENIED, act, reach.cue_before),
        _before(scene, SUPPOSED, act, reach.cue_before),
        find_conditions(scene, act),
        _before(scene, PAST, act, reach.cue_before),
        _after(scene, PAST, act, reach.past_after),
        _after(scene, DENIED_AFTER, act, reach.cue_after),
        find_frames(scene, act),
    )
    for cue in cues:
        if _reaches(scene, cue, act) and not _is_spoken(cue, spoken()):
            return cue
    return None


def _reaches(scene: Scene, cue: Cue, act: WordRange) -> bool:
    """Whether cue and act are of one clause; what frames a sentence frames all that *and* joins."""
    words = cue.words
    part = is_contrasted if cue.name in FRAMES else is_parted
    if part(scene, words, act):
        return False
    if words.start >= act.end:
        return cue.name not in _OF_ITS_CLAUSE or not begins_aside(scene, act.end, words.start)
    if is_stopped(scene, words, act) or is_aside(scene, words, act):
        return False
    if cue.name in _OF_CLAIMS and is_presupposed(scene, words, act):
        return False
    return cue.name == PAST or not begins_aside(scene, words.end, act.start)


def find_denial(scene: Scene, words: WordRange, spoken: Spoken) -> Cue | None:
    """The denial right before words that are no act; None: nothing denies them."""
    cues = _before(scene, DENIED, words, _BESIDE)
    return next((cue for cue in cues if not _is_spoken(cue, spoken())), None)


def find_gap_veto(scene: Scene, phrase: WordRange, spoken: Spoken) -> Cue | None:
    """The denial or supposition in a gap of a phrase: `soldiers could come under fire`.

    None: there is none that reaches the phrase's last word.
    """
    last = WordRange(phrase.end - 1, phrase.end)
    for cue in _within(scene, phrase):
        if _reaches(scene, cue, last) and not _is_spoken(cue, spoken()):
            return cue
    return None


def _within(scene: Scene, phrase: WordRange) -> Iterator[Cue]:
    for name in (DENIED, SUPPOSED):
        for words in scene.sentence.places(name):
            inside = phrase.start < words.start and words.end < phrase.end
            if inside and not is_harmless(scene, words):
                yield Cue(name, words)


def _find_modals(scene: Scene, act: WordRange, reach: int) -> Iterator[Cue]:
    """Where a word and the verb behind it suppose the act: `قد تعيد … نشر`."""
    if scene.grammar.modal is NEVER:
        return  # most languages suppose by words of a list alone
    words, matches = scene.words, scene.grammar.modal.match
    for at in range(max(1, act.start - reach), act.start + 1):
        if matches(f"{words[at - 1]} {words[at]}"):
            yield Cue(SUPPOSED, WordRange(at - 1, at))


def _is_spoken(cue: Cue, spoken: Iterable[WordRange]) -> bool:
    """Whether the rule looks for the cue's first word or its last.

    What stands in its gap is none of it: `declined, KH said, to`, `اعتذرت كتائب … عن`.
    """
    ends = (cue.words.start, cue.words.end - 1)
    return any(
        words.start <= end < words.end
        for words in spoken
        if words.end - words.start <= _LONGEST_SPOKEN
        for end in ends
    )


def _before(scene: Scene, name: str, act: WordRange, reach: int) -> Iterator[Cue]:
    for words in scene.sentence.places(name):
        near = words.end <= act.start and (
            act.start - words.end <= reach or governs(scene, words, act)
        )
        if near and not is_harmless(scene, words):
            yield Cue(name, words)


def _after(scene: Scene, name: str, act: WordRange, reach: int) -> Iterator[Cue]:
    for words in scene.sentence.places(name):
        near = words.start >= act.end and (
            words.start - act.end <= reach or (name == DENIED_AFTER and is_claimed(scene, act))
        )
        if near and not is_harmless(scene, words):
            yield Cue(name, words)
