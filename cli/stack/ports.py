"""Ports that nothing listens on."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack, suppress

ANY = 0


def find_free_ports(host: str, wanted: Mapping[str, int]) -> dict[str, int]:
    """A free port of `host` for each name: the wanted one, or another where that is in use.

    All differ. None is reserved: another process may take one before it is used.

    Raises:
        OSError: `host` is no address of this machine.
    """
    with ExitStack() as open_sockets:
        sockets = {
            name: open_sockets.enter_context(_bind(host, port)) for name, port in wanted.items()
        }
        return {name: bound.getsockname()[1] for name, bound in sockets.items()}


def is_free(host: str, port: int) -> bool:
    """Whether the port can be listened on now."""
    return find_free_ports(host, {"it": port})["it"] == port


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket()
    # as servers do: a port with closing connections is free
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError, OverflowError):
        bound.bind((host, port))
        bound.listen()
        return bound
    bound.bind((host, ANY))
    return bound
