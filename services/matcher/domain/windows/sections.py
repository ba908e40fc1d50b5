"""Sections: sorted numbers divided where their binary digits differ, whatever else is there."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_ALL_BITS = 64


class Section(NamedTuple):
    """The numbers from position `start` to before `end`: all that lie in one interval.

    It is the `number`-th interval of 2^`bits`, the first being 0.
    """

    start: int
    end: int
    bits: int = _ALL_BITS
    number: int = 0


def split_numbers(numbers: Sequence[int], largest: int) -> Iterator[Section]:
    """Sections, in order, of at most `largest` of the numbers; or of more that are all the same.

    `numbers` are sorted, from 0 to before 2^64. A number that comes or goes changes its section,
    and at most the names of that section's neighbours.
    """
    stack = [Section(0, len(numbers))]
    while stack:
        section = stack.pop()
        start, end, *_ = section
        first, last = numbers[start], numbers[end - 1]
        if end - start <= largest or first == last:
            yield section
            continue
        bits = (first ^ last).bit_length() - 1
        upper = last >> bits
        middle = bisect_left(numbers, upper << bits, start, end)
        stack += (Section(middle, end, bits, upper), Section(start, middle, bits, upper - 1))
