"""Which members of lists an event mentions, and where."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.member_names import MemberName
from services.matcher.domain.text.scan import ScanResult, WordSpan

NAMED_IN = ("title", "text", "actors", "targets")
"""The fields whose words give `entities`."""
_FIELDS_OF_NAMES = frozenset({"actors", "targets"})
"""Their values are names: they need no company."""


@dataclass(frozen=True, slots=True)
class MemberMention:
    """A member mentioned by name in a field."""

    member: str
    field: str
    span: WordSpan


class _Candidate(NamedTuple):
    """A name found; `company` is the list in whose company alone it counts."""

    span: WordSpan
    member: str
    company: str | None


def find_members(lists: Lists, scan: ScanResult) -> tuple[MemberMention, ...]:
    """The mentions of members: of a name inside another only the longer counts.

    A name that does not count alone counts where the report holds company for it: another name of
    its list, one of a list that `company` names, or a phrase of `company`. Names of two members
    that want company keep each other's. It is the whole report that is asked, since reports name a
    man in full once and by his surname from then on.
    """
    literals = lists.names.keys() & scan.literals
    if not literals:
        return ()
    candidates = [
        _Candidate(span, name.member, _required_company(name, span, scan))
        for literal in literals
        for name in lists.names[literal]
        for span in _without_exceptions(scan, name, name.find(scan, literal))
    ]
    in_order = sorted(_in_company(lists, scan, candidates), key=_outer_first)
    return tuple(
        MemberMention(member, scan.text_at(span).field, span) for span, member in _longest(in_order)
    )


def _required_company(name: MemberName, span: WordSpan, scan: ScanResult) -> str | None:
    if name.company is None or scan.text_at(span).field in _FIELDS_OF_NAMES:
        return None
    return name.company


def _without_exceptions(
    scan: ScanResult, name: MemberName, spans: list[WordSpan]
) -> list[WordSpan]:
    """The spans that no `unless` phrase covers."""
    if spans and name.unless:
        for covering in name.exceptions(scan):
            spans = [span for span in spans if not _is_covered(span, covering)]
    return spans


def _is_covered(span: WordSpan, covering: list[WordSpan]) -> bool:
    last = bisect_right(covering, span[0], key=itemgetter(0)) - 1
    return last >= 0 and span[1] <= covering[last][1]


def _in_company(
    lists: Lists, scan: ScanResult, candidates: list[_Candidate]
) -> set[tuple[WordSpan, str]]:
    """The candidates that count alone, and those that have company."""
    wanting = {candidate.company for candidate in candidates if candidate.company is not None}
    if not wanting:
        return {(candidate.span, candidate.member) for candidate in candidates}
    named = {candidate.member for candidate in candidates if candidate.company is None}
    kept = {name for name in wanting if lists.company[name].is_in(scan, named)}
    doubtful = {candidate.member for candidate in candidates if candidate.company is not None}
    return {
        (candidate.span, candidate.member)
        for candidate in candidates
        if candidate.company is None
        or candidate.company in kept
        or not lists.company[candidate.company].members.isdisjoint(doubtful - {candidate.member})
    }


def _outer_first(mention: tuple[WordSpan, str]) -> tuple[int, int, str]:
    (start, end), member = mention
    return start, -end, member


def _longest(mentions: list[tuple[WordSpan, str]]) -> Iterator[tuple[WordSpan, str]]:
    """Those inside no other, of spans sorted by start, outer first."""
    last_end, longest = -1, (-1, -1)
    for span, member in mentions:
        if span[1] > last_end or span == longest:
            last_end, longest = max(last_end, span[1]), span
            yield span, member
