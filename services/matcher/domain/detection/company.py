"""The company that a name needs which does not count alone: names of lists, and phrases."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.rule import NamedList
from services.document_faults import InvalidField, suggest_name
from services.matcher.domain.detection.readings import read_alternatives
from services.matcher.domain.text.phrases import InvalidPhrase, Phrase, parse_phrase
from services.matcher.domain.text.scan import ScanResult, find_phrase

_LISTED = re.compile("%([^%]+)%")


@dataclass(frozen=True, slots=True)
class Company:
    """Members, and phrases; any of them is company."""

    members: frozenset[str]
    phrases: tuple[Phrase, ...] = ()

    def is_in(self, scan: ScanResult, named: Iterable[str]) -> bool:
        """Whether one of the members is `named`, or the report holds one of the phrases."""
        return not self.members.isdisjoint(named) or any(
            find_phrase(scan, phrase) for phrase in self.phrases
        )

    def literals(self) -> Iterator[str]:
        """The literals of its phrases."""
        return (part.literal for phrase in self.phrases for part in phrase.parts)


def make_company(document: NamedList, members: Mapping[str, frozenset[str]]) -> Company:
    """The company of the names of a list: the list itself, and what its `company` says.

    Raises:
        InvalidField: one of them names no list of members, or is no phrase.
    """
    ids, phrases = members[document.name], list[Phrase]()
    for index, written in enumerate(document.company):
        listed = _LISTED.fullmatch(written)
        if listed is None:
            phrases.extend(_parse_company(written, index))
        elif listed[1] in members:
            ids |= members[listed[1]]
        else:
            message = f"this pack has no list of members {listed[1]!r}"
            hint = suggest_name(listed[1], members)
            raise InvalidField(("company", index), message, hint, listed[1])
    return Company(ids, tuple(phrases))


def _parse_company(written: str, index: int) -> Iterator[Phrase]:
    path = ("company", index)
    try:
        for reading in read_alternatives(written, path):
            yield parse_phrase(reading)
    except InvalidPhrase as error:
        raise InvalidField(path, str(error)) from None
