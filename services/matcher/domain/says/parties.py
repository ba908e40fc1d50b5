"""Whether a phrase with two lists of members names two parties, and not a leader and his group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.matcher.domain.says.sentence import NamedMember
from services.matcher.domain.text.report_words import WordRange


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is named in a sentence; `parents` has whom a member belongs to."""

    named: Sequence[NamedMember]
    parents: Mapping[str, str]

    def are_several(self, place: WordRange) -> bool:
        """Whether two named there neither are one nor belong to each other.

        Of a place that begins and ends with a name those two are asked, else all neighbours.
        """
        inside = [
            (member, words)
            for member, words in self.named
            if place.start <= words.start and words.end <= place.end
        ]
        if len(inside) > 1 and inside[0][1].start == place.start and inside[-1][1].end == place.end:
            inside = [inside[0], inside[-1]]
        return any(
            not are_related(first, second, self.parents)
            for (first, _), (second, _) in pairwise(inside)
        )


def are_related(first: str, second: str, parents: Mapping[str, str]) -> bool:
    """Whether two members are one, or one of them belongs to the other."""
    return first in _bodies(second, parents) or second in _bodies(first, parents)


def _bodies(member: str, parents: Mapping[str, str]) -> Iterator[str]:
    """The member, and all whom it belongs to."""
    seen = set[str]()
    while member not in seen:
        yield member
        seen.add(member)
        member = parents.get(member, member)
