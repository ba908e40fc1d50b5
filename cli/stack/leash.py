"""Becomes COMMAND, which the kernel kills when its parent dies.

Usage: `python -I -S leash.py PARENT COMMAND…`. A parent that gets SIGKILL cannot end its children.
Only Linux has this; elsewhere the command just runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Request SIGKILL at the parent's death, then run the command in this process."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != int(parent):  # the parent died before the line above
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606  (no shell)


if __name__ == "__main__":
    main()
