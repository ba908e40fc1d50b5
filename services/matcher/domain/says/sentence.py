"""A sentence of a report as `says` reads it: its words, and what lists find in them."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.matcher.domain.text.report_words import WordRange

CLAUSE_BREAK = "clause_break"
"""The word list of what parts clauses: `but`, `however`."""
NO_BREAKS: frozenset[int] = frozenset()


class NamedMember(NamedTuple):
    """A member of a list, and the words of the sentence that name it."""

    member: str
    words: WordRange


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or a title. Everything in it is counted in words.

    `words` are folded. `lists` has the occurrences of word lists by name, each in order of start;
    a list without an occurrence may be absent, and one may be looked for when it is asked for.
    `phrases` has those of every phrase that a rule looks for. `members` are in order of start, and
    none is inside another. `breaks` are the indexes of words before which a comma, a dash, a
    colon, a bracket or a quotation mark stands; of them `commas` may part names in a list, and
    `stops` follow a semicolon. `hyphens` are words that a hyphen joins to the word before them.
    `mark` is the sign on which the sentence ends. Of `members`, those of `describing` only describe
    others (*Iran* in *Iran-backed militias*): no part means them.
    """

    words: tuple[str, ...]
    language: str
    lists: Mapping[str, Sequence[WordRange]] = field(default_factory=dict)
    phrases: Mapping[Hashable, Sequence[WordRange]] = field(default_factory=dict)
    members: Sequence[NamedMember] = ()
    breaks: frozenset[int] = NO_BREAKS
    commas: frozenset[int] = NO_BREAKS
    hyphens: frozenset[int] = NO_BREAKS
    stops: frozenset[int] = NO_BREAKS
    mark: str = ""
    describing: frozenset[WordRange] = frozenset()

    def places(self, name: str) -> Sequence[WordRange]:
        """Where words of a list stand."""
        try:
            return self.lists[name]
        except KeyError:
            return ()
