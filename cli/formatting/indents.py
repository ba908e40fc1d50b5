"""How far each line is indented: two spaces a level, the items of a list too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

STEP = 2
_STARTS = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken)


@dataclass(frozen=True, slots=True)
class _Block:
    """A mapping or a list, the column that it is written at, and the one it gets."""

    column: int
    wanted: int
    is_list: bool
    is_implied: bool = False
    """A list that has no end of its own."""


@dataclass(slots=True)
class _Indenter:
    """Follows the tokens of a file; `wanted` has the new column of the lines that begin one.

    The lines of a text in a block move by as much as what holds the text: `|2` counts from there.
    """

    blocks: list[_Block] = field(default_factory=list)
    wanted: dict[int, int] = field(default_factory=dict)
    moves: dict[int, int] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    depth: int = 0
    """Of brackets, in which lines keep their place beside the first."""
    dash: int | None = None
    """The new column of the dash before the next token, if they share a line."""
    dash_line: int = -1

    def take(self, token: yaml.Token) -> None:
        """Note where the token's line begins, if the token is first in it."""
        line, column = token.start_mark.line, token.start_mark.column
        if isinstance(token, _STARTS):
            is_list = isinstance(token, yaml.BlockSequenceStartToken)
            self.blocks.append(_Block(column, self._below(line), is_list))
        elif isinstance(token, yaml.BlockEndToken):
            self._end_implied()
            self.blocks.pop()
        elif isinstance(token, yaml.BlockEntryToken):
            self._take_dash(line, column)
        elif isinstance(token, yaml.KeyToken) and not self.depth:
            self._end_implied()
            self._place(line, column, self.blocks[-1].wanted)
        elif token.start_mark.index < token.end_mark.index:
            self._place(line, column, self._below(line))
            self._move_text(token)
        self.depth += isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken)
        self.depth -= isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken)

    def _take_dash(self, line: int, column: int) -> None:
        if not self.blocks[-1].is_list:  # items below a key at the column of the key
            self.blocks.append(_Block(column, self._below(line), is_list=True, is_implied=True))
        wanted = self.blocks[-1].wanted
        self._place(line, column, wanted)
        self.dash, self.dash_line = wanted, line

    def _move_text(self, token: yaml.Token) -> None:
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">") and self.blocks:
            move = self.blocks[-1].wanted - self.blocks[-1].column
            lines = range(token.start_mark.line + 1, token.end_mark.line + 1)
            self.moves.update(dict.fromkeys(lines, move))

    def _end_implied(self) -> None:
        if self.blocks and self.blocks[-1].is_implied:
            self.blocks.pop()

    def _below(self, line: int) -> int:
        if self.dash is not None and self.dash_line == line:
            return self.dash + STEP
        return self.blocks[-1].wanted + STEP if self.blocks else 0

    def _place(self, line: int, column: int, wanted: int) -> None:
        if line not in self.wanted and not self.depth:
            self.wanted[line], self.written[line] = wanted, column


def find_scalar_lines(tokens: Iterable[yaml.Token], lines: Sequence[str]) -> frozenset[int]:
    """The lines within texts of several lines, but for their first.

    Empty ones at the end are within a text that keeps them (`|+`).
    """
    within: set[int] = set()
    for token in tokens:
        if isinstance(token, yaml.ScalarToken):
            end = token.end_mark.line + (token.end_mark.column > 0)
            keeps_empty = f"\n{token.value}".endswith("\n\n")
            while not keeps_empty and not lines[end - 1].strip():
                end -= 1
            within.update(range(token.start_mark.line + 1, end))
    return frozenset(within)


def find_indents(tokens: Sequence[yaml.Token], lines: Sequence[str]) -> Mapping[int, int]:
    """The new column of each line that has something; of a comment that of what it stands at."""
    indenter = _Indenter()
    for token in tokens:
        if not isinstance(token, yaml.StreamStartToken | yaml.StreamEndToken):
            indenter.take(token)
    return dict(_with_others(indenter, lines, find_scalar_lines(tokens, lines)))


def _with_others(
    indenter: _Indenter, lines: Sequence[str], within: frozenset[int]
) -> Iterator[tuple[int, int]]:
    """Also lines within texts and brackets, which move with the line that they belong to."""
    moved = 0
    for number, line in enumerate(lines):
        column = len(line) - len(line.lstrip(" "))
        if number in indenter.wanted:
            first = indenter.written[number] == column
            moved = indenter.wanted[number] - column if first else 0
            yield number, column + moved
        elif number in within and line != "\n":
            yield number, max(0, column + indenter.moves.get(number, moved))
        elif line.lstrip(" ").startswith("#"):
            yield number, _find_beside(indenter, number, column, moved)
        elif line.strip():
            yield number, max(0, column + moved)


def _find_beside(indenter: _Indenter, number: int, column: int, moved: int) -> int:
    """The new column of the next line that begins where the comment does, else of the last."""
    later = next((line for line in sorted(indenter.wanted) if line > number), None)
    if later is not None and indenter.written[later] == column:
        return indenter.wanted[later]
    earlier = [line for line in indenter.wanted if line < number]
    same = [line for line in earlier if indenter.written[line] == column]
    return indenter.wanted[max(same)] if same else max(0, column + moved)
