"""What stops a command, as its user should read it."""


class CommandFailure(Exception):  # noqa: N818  (named for what it says, as every error here)
    """The arguments, the environment or this machine cannot serve; the message says in one
    line what is wrong and, where it can, what to do. Exit code 2.
    """  # noqa: D205  (one sentence too long for one line)
