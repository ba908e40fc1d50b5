"""EventVersion: what is known of an event that corrects another one, or is corrected."""

from services.matcher.domain.windows.stored_value import StoredValue

Dated = tuple[int, str]
"""When an event was recorded, in microseconds since 1970, and its identity."""


class EventVersion(StoredValue, frozen=True):
    """One version of a report; `offset` of the last message applied. Times in microseconds.

    `recorded`: when it was, None if it is known only as corrected. `correction`: the last one that
    names it, None if none does. `seen`: when a correction last concerned it.

    Versions that correct one another are one report, kept as a tree: `parent` is the identity of
    another of them, None at the root, which has the `size` of the tree and its `newest` version.
    """

    offset: int = -1
    seen: int = 0
    recorded: int | None = None
    correction: Dated | None = None
    parent: str | None = None
    size: int = 1
    newest: Dated | None = None
