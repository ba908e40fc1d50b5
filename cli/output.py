"""How a command prints what it lists."""

from enum import StrEnum


class OutputFormat(StrEnum):
    """For programs or for people."""

    JSON = "json"
    TABLE = "table"
