"""Connections that go to checked addresses alone."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address

import httpcore
from httpcore import SOCKET_OPTION

from services.ingest.domain.fetching.addresses import Address, classify_address
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed

RESOLVING = 64
_CONNECT_SECONDS = 10.0
_MOST_ADDRESSES = 16

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""All addresses of a host; raises OSError where it has none."""

# threads of their own: names whose servers do not answer would use up the loop's few
_RESOLVERS = ThreadPoolExecutor(RESOLVING, "resolve")


async def resolve(host: str, port: int) -> Sequence[Address]:
    """All addresses of a host, as the system knows them; does not block the loop."""

    def look_up() -> list[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    try:
        names = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, look_up)
    except UnicodeError as error:  # a label that is empty or too long
        raise OSError(f"no name of a host: {error}") from None
    return [ip_address(name) for name in names]


@dataclass(frozen=True, slots=True)
class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name once, checks every address of it, and connects to one of those.

    So a name cannot lead elsewhere between the check and the connection. Names in `allowed` may
    have any address.
    """

    allowed: frozenset[str] = frozenset()
    resolve: Resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (the signature of the parent)
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers.

        Raises:
            FetchFailed: an address of the host is not public.
            httpcore.NetworkError, httpcore.TimeoutException: none answers.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = await self.resolve(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"{host}: no answer about its address") from None
        except OSError as error:
            raise httpcore.ConnectError(f"{host}: {error}") from None
        self._check(host, addresses)
        return await _connect(addresses, port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  (the signature of the parent)
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no source is a socket of this machine."""
        del timeout, socket_options
        raise FetchFailed(FailureReason.ADDRESS, f"{path}: a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await asyncio.sleep(seconds)

    def _check(self, host: str, addresses: Sequence[Address]) -> None:
        if host.lower().rstrip(".") in self.allowed:
            return
        for address in addresses:
            if (kind := classify_address(address)) is not None:
                message = (
                    f"{host} has the address {address}, which is {kind}: "
                    f"if that is meant, add {host} to private_hosts in the source's file"
                )
                raise FetchFailed(FailureReason.ADDRESS, message)


async def _connect(
    addresses: Sequence[Address],
    port: int,
    timeout: float | None,  # noqa: ASYNC109  (of the whole, passed on in parts)
    local_address: str | None,
    socket_options: Iterable[SOCKET_OPTION] | None,
) -> httpcore.AsyncNetworkStream:
    tried = addresses[:_MOST_ADDRESSES]
    each = (timeout or _CONNECT_SECONDS) / max(1, len(tried))
    failure: Exception = httpcore.ConnectError("no address")
    for address in tried:
        try:
            return await httpcore.AnyIOBackend().connect_tcp(
                str(address), port, each, local_address, socket_options
            )
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            failure = error
    raise failure
