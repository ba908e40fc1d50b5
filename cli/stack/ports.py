"""Ports that nothing listens on."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack, suppress

ANY = 0


def free_ports(host: str, wanted: Mapping[str, int]) -> dict[str, int]:
    """A free port of `host` for each name: the wanted one, or another where that is taken.

    All differ. None is held: somebody else may take one before it is used.

    Raises:
        OSError: `host` is no address of this machine.
    """
    with ExitStack() as held:
        sockets = {name: held.enter_context(_bound(host, port)) for name, port in wanted.items()}
        return {name: taken.getsockname()[1] for name, taken in sockets.items()}


def is_free(host: str, port: int) -> bool:
    """Whether something could listen there now."""
    return free_ports(host, {"it": port})["it"] == port


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket()
    # as servers do: a port whose last connections linger is free
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError, OverflowError):
        bound.bind((host, port))
        bound.listen()
        return bound
    bound.bind((host, ANY))
    return bound
