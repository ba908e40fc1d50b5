"""The table of the windows, as Faust keeps it."""

from typing import Any, cast

import faust
from faust.types import FutureMessage, StoreT

from services.matcher.adapters.state.store import OpenCopy, Store

NAME = "windows"


def changelog_name(app_id: str) -> str:
    """The topic that the table is recovered from."""
    return f"{app_id}-{NAME}-changelog"


class Table(faust.Table[bytes, bytes]):
    """A plain table of bytes whose store knows which writes the changelog has."""

    def __init__(self, app: faust.App, *, open_copy: OpenCopy, **kwargs: Any) -> None:
        super().__init__(app, key_type=bytes, value_type=bytes, **kwargs)
        self._store_here = Store(app, self, open_copy)

    def _new_store(self) -> StoreT[bytes, bytes]:
        return self._store_here

    def _on_changelog_sent(self, fut: FutureMessage) -> None:
        place, key, value = fut.result(), fut.message.key, fut.message.value
        self._store_here.answered(
            place.topic_partition, place.offset, cast("bytes", key), cast("bytes | None", value)
        )


def add_table(app: faust.App, partitions: int, open_copy: OpenCopy, name: str = NAME) -> Table:
    """A table with as many partitions as the topic that its keys come from."""
    table = Table(
        app, open_copy=open_copy, name=name, partitions=partitions, beacon=app.tables.beacon
    )
    app.tables.add(table)
    return table
