"""A header's name that is not UTF-8, as kafka-python sends it."""


class RawName(str):
    """A header's name that producers encode to bytes that are not UTF-8."""

    __slots__ = ()

    def encode(self, _encoding: str = "", _errors: str = "") -> bytes:
        return b"\xff\xfename"
