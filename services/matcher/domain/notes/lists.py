"""Notes on named lists and places: members that cannot be told apart or found."""

from collections.abc import Iterator
from typing import NamedTuple

from services.document_faults import DocumentFault, InvalidField, suggest_name
from services.matcher.domain.detection.member_names import written_names
from services.matcher.domain.notes.detections import LONGEST_RADIUS_KM
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.text.fold import fold


class _Named(NamedTuple):
    """Whom an alias names, and the file and line that say so."""

    member: str
    place: str


def note_unknown_parents(pack: PackDocuments) -> Iterator[DocumentFault]:
    """Members that belong to nobody whom a list of the pack has, or to themselves."""
    known = {member.id for located in pack.lists for member in located.document.members}
    for located in pack.lists:
        for index, member in enumerate(located.document.members):
            if member.parent is not None and member.parent not in known - {member.id}:
                message = f"no other member of this pack's lists is {member.parent!r}"
                hint = suggest_name(member.parent, sorted(known - {member.id}))
                path = ("members", index, "parent")
                yield located.origin.fault(
                    InvalidField(path, message, hint or "list it as a member, or remove it")
                )


def note_shared_aliases(pack: PackDocuments) -> Iterator[DocumentFault]:
    """Names that two members have: a report with such a name names both."""
    first: dict[str, _Named] = {}
    for located in pack.lists:
        for index, member in enumerate(located.document.members):
            for path, alias in written_names(member, ("members", index)):
                place = f"{located.origin.file}:{located.origin.line(path)}"
                named = first.setdefault(fold(alias.alias), _Named(member.id, place))
                if named.member != member.id:
                    message = f"{alias.alias!r} also names {named.member!r}, {named.place}"
                    hint = "keep it with one of them, or tell them apart with `unless`"
                    yield located.origin.fault(InvalidField(path, message, hint))


def note_wide_sites(pack: PackDocuments) -> Iterator[DocumentFault]:
    """Sites whose radius holds more than a theatre."""
    for located in pack.places:
        for index, site in enumerate(located.document.sites):
            if site.radius_km > LONGEST_RADIUS_KM:
                message = f"{site.radius_km:g} km is more than {LONGEST_RADIUS_KM} km"
                path = ("sites", index, "radius_km")
                yield located.origin.fault(
                    InvalidField(path, message, "write the radius in kilometres")
                )
