"""Names of Kafka headers that are not UTF-8, in both Kafka clients.

Both fail on such a record, and fetch it again for ever.
"""

from typing import Any, SupportsIndex, overload

from kafka.record import default_records, memory_records
from kafka.record.default_records import DefaultRecord, DefaultRecordBatch

from services.unpacking import BatchTooLarge, bound_batches


class HeaderBuffer(bytearray):
    """The bytes of records; what is not UTF-8 is decoded to U+FFFD."""

    @overload
    def __getitem__(self, index: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> "HeaderBuffer": ...
    def __getitem__(self, index: SupportsIndex | slice) -> "int | HeaderBuffer":
        """A byte, or a part that is decoded in the same way."""
        if isinstance(index, slice):
            return HeaderBuffer(super().__getitem__(index))
        return super().__getitem__(index)

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        """The text; never fails with the default of `errors`."""
        return super().decode(encoding, errors)


class RecordBatch(DefaultRecordBatch):  # type: ignore[misc]  # kafka-python has no types
    """A batch of kafka-python that reads a record with such a name."""

    _buffer: bytearray

    def __iter__(self) -> Any:
        """The records, or one in their place."""
        try:
            return super().__iter__()
        except BatchTooLarge as refusal:
            last = self.base_offset + self.last_offset_delta
            record = DefaultRecord(
                0, last, self.max_timestamp, self.timestamp_type, None, None, refusal.headers
            )
            return iter([record])

    def _read_msg(self) -> Any:
        try:
            return super()._read_msg()
        except UnicodeDecodeError:
            self._buffer = HeaderBuffer(self._buffer)  # slower, so only for such a batch
            return super()._read_msg()


def tolerate_header_names() -> None:
    """Have every consumer of kafka-python in this process read such records."""
    bound_batches(default_records)
    memory_records.DefaultRecordBatch = RecordBatch
