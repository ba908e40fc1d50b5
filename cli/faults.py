"""What stops a command, as its user reads it."""


class CommandFailure(Exception):
    """The arguments, the environment or this machine do not allow the command; exit code 2.

    The message is one line: what is wrong and, where it can, what to do.
    """
