import pytest

from services.strict_json import InvalidJson, parse

CASES = {
    "cut off": (b'{"a": ', "line 1 column 7: Expecting value"),
    "on a later line": (b'{\n  "a": 1,\n}', "line 3 column 1"),
    "two values": (b"{} {}", "line 1 column 4: Extra data"),
    "nothing": (b"", "line 1 column 1: Expecting value"),
    "a key twice": (b'{"a": 1, "b": 2, "a": 3}', "the key 'a' is repeated in one object"),
    "a key twice below": (b'[{"x": {"a": 1, "a": 1}}]', "the key 'a' is repeated"),
    "not a number": (b'{"a": NaN}', "NaN is not JSON"),
    "infinity": (b'{"a": -Infinity}', "-Infinity is not JSON"),
    "not UTF-8": (b'{"a":\n "\xff"}', "line 2 column 3: not UTF-8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "line 1 column 1: not UTF-8"),
    "bottomless arrays": (b"[" * 100_000, "nested too deeply"),
    "bottomless objects": (b'{"a":' * 100_000, "nested too deeply"),
    "a number without end": (b"1" * 10_000, "a number has over 4300 digits"),
}


@pytest.mark.parametrize(("raw", "message"), CASES.values(), ids=CASES)
def test_what_is_no_json_is_refused_with_the_place(raw: bytes, message: str) -> None:
    with pytest.raises(InvalidJson) as caught:
        parse(raw)

    assert str(caught.value).startswith(message)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
