"""The keys of the table: each says what it is of, whatever the key of its state holds."""

import pytest

from services.matcher.adapters.state.keys import (
    TableKey,
    ValueKind,
    decode_key,
    has_kind,
    partition_of,
)
from services.matcher.domain.windows.pane_names import Content, Pane

GROUP = b'["iraq","march",["place","a:p:1.2.3:b"]]'


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        (TableKey(ValueKind.WINDOW, 12, GROUP), b"12:w:" + GROUP),
        (TableKey(ValueKind.PANE, 0, GROUP, Pane(Content.HITS, 60, 7)), b"0:p:0.60.7.:" + GROUP),
        (
            TableKey(ValueKind.PANE, 0, GROUP, Pane(Content.RETRACTIONS, 60, 7, -2)),
            b"0:p:1.60.7.-2:" + GROUP,
        ),
        (TableKey(ValueKind.HYPOTHESIS, 1, b'["iraq","coup"]'), b'1:h:["iraq","coup"]'),
        (TableKey(ValueKind.SOURCE, 1, b"telegram:@a"), b"1:s:telegram:@a"),
        (TableKey(ValueKind.PROGRESS, 3), b"3:g:"),
        (TableKey(ValueKind.TOPIC, 3), b"3:t:"),
    ],
)
def test_a_key_reads_back_as_it_was_written(key: TableKey, raw: bytes) -> None:
    assert key.encode() == raw
    assert decode_key(raw) == key
    assert partition_of(raw) == key.partition
    assert [kind for kind in ValueKind if has_kind(raw, kind)] == [key.kind]


def test_a_key_of_a_kind_that_is_not_known_is_of_none() -> None:
    assert not [kind for kind in ValueKind if has_kind(b"1:z:later", kind)]
