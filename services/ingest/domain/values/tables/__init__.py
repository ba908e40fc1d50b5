"""Tables of names and codes: tab-separated files, each with its source in its first lines."""

from importlib.resources import files

SPACE = "_"
"""Stands in a cell of several names for a space in one of them."""


def read_table(name: str) -> list[list[str]]:
    """The cells of each row of `NAME.tsv`."""
    text = files(__name__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def split_names(cell: str) -> list[str]:
    """The names in a cell."""
    return [name.replace(SPACE, " ") for name in cell.split()]
