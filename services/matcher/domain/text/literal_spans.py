"""Where a literal stands in folded texts: index of the first letter, and past the last one."""

from collections.abc import Iterator


def find_literal(folded: str, literal: str) -> Iterator[tuple[int, int]]:
    """The spans of a literal; a word that it is the beginning of counts whole."""
    start = folded.find(literal)
    while start >= 0:
        yield start + 1, end_of(folded, literal, start)
        start = folded.find(literal, start + 1)


def end_of(folded: str, literal: str, start: int) -> int:
    """The index past the last letter of the words that start with the literal."""
    end = start + len(literal)
    return end - 1 if literal[-1] == " " else folded.index(" ", end)
