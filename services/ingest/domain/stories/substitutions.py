"""What stands in one lead in place of something else in another: who, where, when, how many."""

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from services.ingest.domain.stories.known_words import BEFORE_PLACES, COMMON_WORDS, EXACT_WORDS
from services.ingest.domain.stories.lead import Lead, is_number

SHORTEST_STEM = 3
"""Letters that stand in a longer word too: Iraq and Iraqi."""
SHORTEST_SPELLING, SIMILAR = 6, 80.0
"""Letters and percent in common: defence and defense, but not Iraq and Iran."""
SHORT_ADDITION = 8
"""Words: a shorter addition with a number is news; a longer one may be a sentence that was cut."""
SETTLED = 16
"""Words in common order after which the leads may end differently: cut, or with a byline."""
SHORT_TAIL = 4
"""Words: leads that end differently in no more of them may still count something otherwise."""
_ANCHOR = 3


class Block(NamedTuple):
    """Words of the one lead where the other has other words; one side may be empty.

    `before`: the words that precede them in both.
    """

    words: Lead
    others: Lead
    before: Lead = ()

    def names_place(self) -> bool:
        """Whether it is a place by the words before it: `in`, `near the village of`."""
        before = [word for word in self.before[-3:] if word not in {"the", "of"}]
        return bool(before) and before[-1] in BEFORE_PLACES


def has_substitution(lead: Lead, other: Lead) -> bool:
    """Whether some words of the one stand for unlike words of the other, or a number is new.

    So `killed 3` and `killed 5`, `near Balad` and `near Taji`. What is moved, added, left out or
    spelled otherwise is no substitution, nor what stands before all of the other lead or behind a
    long part in common.
    """
    known, others = frozenset(lead), frozenset(other)
    return any(
        _is_substituted(block, known, others) or _adds_number(block, known, others)
        for block in _differing_blocks(lead, other)
    )


def has_other_fact(lead: Lead, other: Lead) -> bool:
    """Whether each has a number or day that the other has not, or another place, or one is new.

    So whoever writes a sentence anew may use other words for all else.
    """
    known, others = frozenset(lead), frozenset(other)
    if any(map(_is_exact, known - others)) and any(map(_is_exact, others - known)):
        return True
    return any(
        _names_other_place(block, known, others) or _adds_number(block, known, others)
        for block in _differing_blocks(lead, other)
    )


def _differing_blocks(lead: Lead, other: Lead) -> Iterator[Block]:
    steps = list(Levenshtein.opcodes(lead, other))
    anchors = [
        index
        for index, step in enumerate(steps)
        if step.tag == "equal" and step.src_end - step.src_start >= _ANCHOR
    ]
    if anchors and min(steps[anchors[-1]].src_end, steps[anchors[-1]].dest_end) >= SETTLED:
        end = steps[anchors[-1]]
        tail = Block(lead[end.src_end :], other[end.dest_end :], lead[: end.src_end])
        if tail.names_place() or _counts_otherwise(tail):
            yield tail
        steps = steps[: anchors[-1]]
    for last, step in pairwise(chain(steps[:1], steps)):
        is_prefix = step.src_end == 0 or step.dest_end == 0  # a dateline, a byline, UPDATE 1
        if step.tag != "equal" and not is_prefix:
            yield Block(
                lead[step.src_start : step.src_end],
                other[step.dest_start : step.dest_end],
                lead[last.src_start : last.src_end] if last.tag == "equal" else (),
            )


def _counts_otherwise(tail: Block) -> bool:
    """Whether both leads end in a few words, with other numbers: the same sentence, updated."""
    ends = (tail.words, tail.others)
    numbers = [frozenset(filter(is_number, words)) for words in ends]
    return max(map(len, ends)) <= SHORT_TAIL and all(numbers) and numbers[0] != numbers[1]


def _names_other_place(block: Block, known: frozenset[str], others: frozenset[str]) -> bool:
    names = Block(block.words[:1], block.others[:1])
    return block.names_place() and _is_substituted(names, known, others)


def _is_substituted(block: Block, known: frozenset[str], others: frozenset[str]) -> bool:
    lost = _unknown_words(block.words, others)
    gained = _unknown_words(block.others, known)
    return bool(gained) and any(
        not any(_is_spelling_of(word, each) for each in gained) for word in lost
    )


def _unknown_words(words: Lead, known: frozenset[str]) -> list[str]:
    return [word for word in words if word not in known and word not in COMMON_WORDS]


def _is_spelling_of(word: str, other: str) -> bool:
    """Whether it is the same word, inflected or spelled otherwise."""
    shorter, longer = sorted((word, other), key=len)
    if _is_exact(word) or _is_exact(other):
        return False
    if len(shorter) >= SHORTEST_STEM and (longer.startswith(shorter) or longer.endswith(shorter)):
        return True
    return len(shorter) >= SHORTEST_SPELLING and fuzz.ratio(word, other) >= SIMILAR


def _is_exact(word: str) -> bool:
    return is_number(word) or word in EXACT_WORDS


def _adds_number(block: Block, known: frozenset[str], others: frozenset[str]) -> bool:
    if abs(len(block.words) - len(block.others)) >= SHORT_ADDITION:
        return False
    lost = (word for word in block.words if word not in others)
    gained = (word for word in block.others if word not in known)
    return any(map(is_number, chain(lost, gained)))
