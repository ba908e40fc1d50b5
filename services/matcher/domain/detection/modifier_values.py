"""What values each modifier takes: others are refused before pySigma refuses them."""

from collections.abc import Iterable, Sequence
from ipaddress import ip_network

from services.document_faults import FieldPath, InvalidField

_OF_TEXTS = frozenset(
    {"contains", "startswith", "endswith", "cased", "cidr", "phrase", "near", "says", "expand"}
)
_PARTS = frozenset({"minute", "hour", "day", "week", "month", "year"})
_OF_NUMBERS = _PARTS | {"gt", "gte", "lt", "lte"}
_OF_EXPRESSIONS = frozenset({"i", "ignorecase", "m", "multiline", "s", "dotall"})


def refuse_values(values: Iterable[object], names: Sequence[str], path: FieldPath) -> None:
    """Refuse values of another type than a modifier takes.

    Raises:
        InvalidField: at `path`, naming the modifier and the value.
    """
    flags = [name for name in names if name in _OF_EXPRESSIONS]
    if flags and "re" not in names:
        raise InvalidField(path, f"{flags[0]} stands behind re", f"…|re|{flags[0]}")
    for value in values:
        for name in names:
            _refuse_value(value, name, path)


def _refuse_value(value: object, name: str, path: FieldPath) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _OF_TEXTS and not isinstance(value, str):
        hint = "put it in quotes if that is meant"
        raise InvalidField(path, f"{name} takes a text, not {_show(value)}", hint)
    if name in _OF_NUMBERS and not is_number:
        hint = "write it without quotes" if isinstance(value, str) else ""
        raise InvalidField(path, f"{name} takes a number, not {_show(value)}", hint)
    if name in _PARTS and isinstance(value, float) and not value.is_integer():
        raise InvalidField(path, f"{name} is a whole number, not {_show(value)}")
    if name == "exists" and not isinstance(value, bool):
        raise InvalidField(path, f"exists takes true or false, not {_show(value)}")
    if name == "cidr":
        _refuse_network(str(value), path)


def _refuse_network(text: str, path: FieldPath) -> None:
    try:
        ip_network(text)
    except ValueError:
        raise InvalidField(path, f"{text!r} is no network", "write it as 10.0.0.0/8") from None


def _show(value: object) -> str:
    """The value as YAML writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else repr(value)
