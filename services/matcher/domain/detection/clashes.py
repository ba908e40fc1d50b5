"""Names that are a spelling of another member's name, so that a report would name both."""

from collections.abc import Iterator, Mapping, Sequence

from services.document_faults import DocumentFault, InvalidField
from services.matcher.domain.detection.member_names import MemberName, NamedAlias
from services.matcher.domain.text.fold import fold

_LONGEST_ANCHOR = 3


def find_clashes(
    aliases: Sequence[NamedAlias], names: Mapping[str, tuple[MemberName, ...]]
) -> Iterator[DocumentFault]:
    """A fault for each alias that is by rule another's name, and that he does not have listed."""
    first = {alias.name: alias for alias in reversed(aliases)}
    listed = {(fold(alias.written), alias.name.member) for alias in aliases}
    for alias in aliases:
        folded = fold(alias.written)
        for name in _spelled_alike(folded, alias.name.member, names):
            if (folded, name.member) not in listed:
                yield alias.place.origin.fault(_clash(alias, first[name]))


def _spelled_alike(
    folded: str, member: str, names: Mapping[str, tuple[MemberName, ...]]
) -> Iterator[MemberName]:
    """The names of other members that have this spelling."""
    whole = (1, len(folded) - 1)
    for start, end in _parts(folded):
        for name in names.get(folded[start - 1 : end + 1], ()):
            spelled = None if name.member == member else name.spelled
            if spelled is not None and whole in spelled.find(folded, [(start, end)]):
                yield name


def _parts(folded: str) -> Iterator[tuple[int, int]]:
    """The spans of one word to three."""
    spaces = [index for index, sign in enumerate(folded) if sign == " "]
    for first, start in enumerate(spaces):
        for end in spaces[first + 1 : first + 1 + _LONGEST_ANCHOR]:
            yield start + 1, end


def _clash(alias: NamedAlias, other: NamedAlias) -> InvalidField:
    place = f"{other.place.origin.file}:{other.place.origin.line(other.place.path)}"
    return InvalidField(
        alias.place.path,
        f"{alias.written!r} is a spelling of {other.written!r} of {other.name.member!r}, {place}",
        "with `spellings: false` that alias is looked for as it is written",
    )
