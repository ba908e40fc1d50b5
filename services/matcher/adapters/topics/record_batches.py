"""Names of headers that are not UTF-8, read by aiokafka."""

from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record import default_records, memory_records
from aiokafka.record._crecords import default_records as compiled_records
from aiokafka.record.default_records import _DefaultRecordBatchPy, _DefaultRecordPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy
from aiokafka.record.util import decode_varint_py

from services.header_names import HeaderBuffer
from services.unpacking import BatchTooLarge, bound_batches


class FetchedRecords(MemoryRecords):  # type: ignore[misc]  # aiokafka has no types, here and below
    """Fetched records that can be read a second time."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw)
        self.raw = raw


class TolerantBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    """A batch that reads any name, slowly."""

    _buffer: bytearray

    def __iter__(self) -> Any:
        """The records, or one in their place."""
        try:
            return super().__iter__()
        except BatchTooLarge as refusal:
            last = self.next_offset - 1
            record = _DefaultRecordPy(
                last, self.max_timestamp, self.timestamp_type, None, None, refusal.headers
            )
            return iter([record])

    def _read_msg(self) -> Any:
        if not isinstance(self._buffer, HeaderBuffer):
            self._buffer = HeaderBuffer(self._buffer)
        return super()._read_msg(decode_varint_py)


class TolerantRecords(_MemoryRecordsPy):  # type: ignore[misc]
    """Fetched records in such batches; those of Kafka's older formats have no headers."""

    def next_batch(self) -> Any:
        """The next, or None."""
        raw, batch = self._next_slice, super().next_batch()
        is_default = isinstance(batch, memory_records.DefaultRecordBatch)
        return TolerantBatch(raw) if is_default else batch


class PartitionRecords(fetcher.PartitionRecords):  # type: ignore[misc]
    """The records of one fetch, read again from the first unread one if a name fails."""

    _records: Any

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except (UnicodeDecodeError, BatchTooLarge):
            self._records = TolerantRecords(self._records.raw)
            self._records_iterator = self._unpack_records()
            return super().__next__()


def tolerate_header_names() -> None:
    """Have every consumer of aiokafka in this process read such records."""
    bound_batches(default_records, compiled_records)
    fetcher.MemoryRecords = FetchedRecords
    fetcher.PartitionRecords = PartitionRecords
