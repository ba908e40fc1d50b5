"""Lines of a file, and how far it is read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

LONGEST_LINE = 1024 * 1024
BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class LineReader:
    """Gives lines; `offset` and `count` are the bytes and lines of the file given so far.

    `readline` is that of the file, at `offset`. Of a line longer than LONGEST_LINE only the
    beginning is given, and `is_cut` is set. Where `is_growing`, a last line without an end is not
    given: the rest of it may still be written.
    """

    readline: Callable[[int], bytes]
    offset: int = 0
    count: int = 0
    is_growing: bool = False
    is_cut: bool = False

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline(LONGEST_LINE + 1):
            size, last = len(line), line
            while not last.endswith(b"\n") and (last := self.readline(LONGEST_LINE + 1)):
                size += len(last)
                self.is_cut = True
            if not last and self.is_growing:
                return
            self.offset, self.count = self.offset + size, self.count + 1
            yield line.removeprefix(BOM) if self.count == 1 else line
