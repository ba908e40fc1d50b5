"""The table of the states, as Faust keeps it."""

from typing import Any, cast

import faust
from faust.types import FutureMessage, StoreT

from services.matcher.adapters.state.changelog import TABLE
from services.matcher.adapters.state.store import Store


class Table(faust.Table[bytes, bytes]):
    """A plain table of bytes whose store knows which writes Kafka has acknowledged."""

    def __init__(self, app: faust.App, **kwargs: Any) -> None:
        super().__init__(app, key_type=bytes, value_type=bytes, **kwargs)
        self._replica_store = Store(app, self)

    def show_sizes(self) -> None:
        """Show what each partition owned holds."""
        self._replica_store.show_sizes()

    def _new_store(self) -> StoreT[bytes, bytes]:
        return self._replica_store

    def _on_changelog_sent(self, fut: FutureMessage) -> None:
        metadata, key, value = fut.result(), fut.message.key, fut.message.value
        self._replica_store.acknowledge(
            metadata.topic_partition,
            metadata.offset,
            cast("bytes", key),
            cast("bytes | None", value),
        )


def add_table(app: faust.App, partitions: int, name: str = TABLE) -> Table:
    """A table with as many partitions as the topic that its keys come from."""
    table = Table(app, name=name, partitions=partitions, beacon=app.tables.beacon)
    app.tables.add(table)
    return table
