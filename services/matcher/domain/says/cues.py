"""Cues: words by which a sentence says that an act is not so, and the lists that they are of."""

from dataclasses import dataclass

from services.matcher.domain.says.scene import Scene
from services.matcher.domain.text.report_words import WordRange

DENIED, DENIED_AFTER = "denied", "denied_after"
SUPPOSED, SUPPOSED_AFTER = "supposed", "supposed_after"
PAST = "past"
UNREAL = "unreal"
"""Films, drills, forged letters: what is told in them did not happen."""
NO_CUE = "no_cue"
"""`not only`: words in which a cue is none."""
CUES = (DENIED, DENIED_AFTER, SUPPOSED, SUPPOSED_AFTER, PAST, UNREAL)


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue that vetoes: its list, and its words."""

    name: str
    words: WordRange


def is_harmless(scene: Scene, words: WordRange) -> bool:
    """Whether the words are part of others in which they are no cue: `not only`."""
    harmless = scene.sentence.places(NO_CUE)
    return any(no.start <= words.start and words.end <= no.end for no in harmless)
