"""Becomes COMMAND, which then dies with its parent: `python -I -S leash.py PARENT COMMAND…`.

A parent that is killed outright cannot end its children. On Linux the kernel does it; elsewhere
the command just runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for the parent's death signal, then run the command in this very process."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != int(parent):  # it died before the line above
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606  (no shell is what is wanted)


if __name__ == "__main__":
    main()
