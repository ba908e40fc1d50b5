"""What became of the parts of a statement in one sentence."""

from dataclasses import dataclass

from services.matcher.domain.says.actors import Actor
from services.matcher.domain.says.cues import Cue
from services.matcher.domain.says.parts import Part
from services.matcher.domain.text.report_words import WordRange


@dataclass(frozen=True, slots=True)
class Meeting:
    """How a part is met: the words, and who does and undergoes the act, each as it counts.

    `named` is where the doers are named.
    """

    words: tuple[WordRange, ...]
    doers: tuple[str, ...] = ()
    undergoers: tuple[str, ...] = ()
    named: tuple[WordRange, ...] = ()


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """What became of a part in one sentence.

    `meetings` are how it is met. If it is not, `seen` are the words of its act, `veto` is the cue
    that reaches them, and `others` are those who do the act instead.
    """

    part: Part
    meetings: tuple[Meeting, ...] = ()
    seen: tuple[WordRange, ...] = ()
    veto: Cue | None = None
    others: tuple[Actor, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the part is as the statement asks: met, or absent."""
        return bool(self.meetings) != self.part.absent
