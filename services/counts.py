"""Counts as people read them: `1 report`, `2 reports`."""


def format_count(number: float, one: str, many: str | None = None) -> str:
    """The number and its noun; `many` where it is not `one` with an s: `0 stories`."""
    written = str(number) if isinstance(number, int) else f"{number:g}"
    return f"{written} {one if number == 1 else many or f'{one}s'}"
