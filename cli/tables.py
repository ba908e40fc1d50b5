"""How a command prints tables."""

import os

from rich.console import Console
from rich.table import Table

from cli.output import print_line

PIPED_COLUMNS = 200


def open_console() -> Console:
    """The console of standard output.

    What is piped has no width of its own: a row that would fold at 80 columns stays one line,
    which `less -S` and `grep` can use. COLUMNS decides where it is set.
    """
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_COLUMNS
    return console


def print_rows(table: Table, of_what: str) -> None:
    """Print the table; of one without rows, on standard error, that there are no `of_what`."""
    if table.row_count:
        open_console().print(table)
    else:
        print_line(f"no {of_what}", err=True)
