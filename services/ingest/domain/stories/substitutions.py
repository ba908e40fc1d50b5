"""What stands in one lead in place of something else in another: who, where, when, how many."""

from collections.abc import Iterator, Sequence
from itertools import chain

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from services.ingest.domain.stories.known_words import COMMON_WORDS, EXACT_WORDS
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

Block = tuple[Lead, Lead]
"""Words of the one lead where the other has other words; one side may be empty."""


def has_substitution(lead: Lead, other: Lead) -> bool:
    """Whether some words of the one stand for unlike words of the other, or a number is new.

    So `killed 3` and `killed 5`, `near Balad` and `near Taji`. What is moved, added, left out or
    spelled otherwise is no substitution, nor what stands before all of the other lead or behind a
    long part in common.
    """
    known, others = frozenset(lead), frozenset(other)
    return any(
        _is_substituted(_unknown_words(block[0], others), _unknown_words(block[1], known))
        or _adds_number(block, known, others)
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
        if _counts_otherwise(tail := (lead[end.src_end :], other[end.dest_end :])):
            yield tail
        steps = steps[: anchors[-1]]
    for step in steps:
        is_prefix = step.src_end == 0 or step.dest_end == 0  # a dateline, a byline, UPDATE 1
        if step.tag != "equal" and not is_prefix:
            yield lead[step.src_start : step.src_end], other[step.dest_start : step.dest_end]


def _counts_otherwise(tail: Block) -> bool:
    """Whether both leads end in a few words, with other numbers: the same sentence, updated."""
    numbers = [frozenset(filter(is_number, words)) for words in tail]
    return max(map(len, tail)) <= SHORT_TAIL and all(numbers) and numbers[0] != numbers[1]


def _unknown_words(words: Lead, known: frozenset[str]) -> Sequence[str]:
    return [word for word in words if word not in known and word not in COMMON_WORDS]


def _is_substituted(lost: Sequence[str], gained: Sequence[str]) -> bool:
    return bool(gained) and any(
        not any(_is_spelling_of(word, each) for each in gained) for word in lost
    )


def _is_spelling_of(word: str, other: str) -> bool:
    """Whether it is the same word, inflected or spelled otherwise."""
    shorter, longer = sorted((word, other), key=len)
    if is_number(word) or is_number(other) or {word, other} & EXACT_WORDS:
        return False
    if len(shorter) >= SHORTEST_STEM and (longer.startswith(shorter) or longer.endswith(shorter)):
        return True
    return len(shorter) >= SHORTEST_SPELLING and fuzz.ratio(word, other) >= SIMILAR


def _adds_number(block: Block, known: frozenset[str], others: frozenset[str]) -> bool:
    if abs(len(block[0]) - len(block[1])) >= SHORT_ADDITION:
        return False
    lost = (word for word in block[0] if word not in others)
    gained = (word for word in block[1] if word not in known)
    return any(map(is_number, chain(lost, gained)))
