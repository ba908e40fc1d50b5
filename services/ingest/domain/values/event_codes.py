"""Event codes of CAMEO (GDELT) and ACLED → the types of an event."""

from collections.abc import Mapping

from services.ingest.domain.values.tables import read_table

_CAMEO = {code: type_ for code, type_, _ in read_table("cameo")}
_CAMEO_NAMES = {code: name for code, _, name in read_table("cameo")}
_ACLED = {name.casefold(): type_ for name, type_ in read_table("acled")}
_LONGEST_CODE = 4


def find_cameo_type(code: object) -> str | None:
    """The type of a CAMEO code, such as `181` (kidnap); None where it is none.

    A code that lost its leading zero on the way is not guessed.
    """
    return _find_by_prefix(_CAMEO, code)


def find_cameo_name(code: object) -> str | None:
    """What CAMEO calls the act of a code, such as `use conventional military force`, or None."""
    return _find_by_prefix(_CAMEO_NAMES, code)


def _find_by_prefix(table: Mapping[str, str], code: object) -> str | None:
    if not isinstance(code, str):
        return None
    digits = code.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > _LONGEST_CODE:
        return None
    prefixes = (digits[:length] for length in range(len(digits), 1, -1))
    return next((table[prefix] for prefix in prefixes if prefix in table), None)


def find_acled_type(*names: object) -> str | None:
    """The type of the first of `names` (sub-event type, then event type) that ACLED has."""
    known = (_ACLED.get(name.strip().casefold()) for name in names if isinstance(name, str))
    return next(filter(None, known), None)
