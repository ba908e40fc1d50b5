"""The vedette command."""

import gc
import sys

UNUSABLE = 2
INTERRUPTED = 130
COLLECTED = (100_000, 10, 50)
"""How many objects are made between collections of garbage: what a command reads stays."""


def main() -> None:
    """Run the command; a fault that its user can fix is one line on standard error and code 2."""
    gc.set_threshold(*COLLECTED)
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run() -> None:
    # imported here: Ctrl-C while libraries load must not print a traceback
    from cli.command import app  # noqa: PLC0415  (see the line above)
    from cli.faults import CommandFailure  # noqa: PLC0415  (see the line above)
    from cli.output import escape_controls  # noqa: PLC0415  (see the line above)
    from services.environment import InvalidEnvironment  # noqa: PLC0415  (see the line above)

    try:
        app(prog_name="vedette")
    except (CommandFailure, InvalidEnvironment) as fault:
        lines = map(escape_controls, str(fault).split("\n"))
        sys.stderr.write("vedette: {}\n".format("\n".join(lines)))
        sys.exit(UNUSABLE)


if __name__ == "__main__":
    main()
