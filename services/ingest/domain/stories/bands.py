"""The bounds of a band: which stories it leads to, and how many of one owner."""

from dataclasses import dataclass

MOST_ENTRIES = 16
MOST_OF_ONE_OWNER = 2
"""A band that one owner could fill would keep others' stories out of it."""
MOST_CANDIDATES = 8
"""Stories that a report is compared with: those that share most bands with it."""


@dataclass(frozen=True, slots=True)
class BandEntry:
    """A story that has this band, and the owner of the report that founded it."""

    story: str
    owner: str


def add_entry(entries: tuple[BandEntry, ...], entry: BandEntry) -> tuple[BandEntry, ...]:
    """The band with the entry; past a bound without the oldest, that of its owner first."""
    if not entries:
        return (entry,)
    own = [each for each in entries if each.owner == entry.owner]
    if len(own) >= MOST_OF_ONE_OWNER:
        entries = tuple(each for each in entries if each is not own[0])
    elif len(entries) >= MOST_ENTRIES:
        entries = entries[1:]
    return (*entries, entry)
