"""Bounds on connections: how many there are, and how long each may keep a service waiting."""

import asyncio
import resource
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from prometheus_client import Counter
from uvicorn.protocols.http.h11_impl import H11Protocol

CLOSED = Counter(
    "vedette_closed_connections_total",
    "Connections that were closed: slow to send a header, idle, or crowded out by new ones.",
    ["reason"],
)
for _reason in ("slow", "idle", "crowded"):
    CLOSED.labels(_reason)

# for health, while all others have a request in hand
SPARE_CONNECTIONS = 32
BACKLOG = 256
# Kafka, logs and listeners
OTHER_FILES = 128
FINISH_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many requests there may be at once, and the time that a client has.

    `header_seconds` is from the connection, or from the first byte of a later request, to the end
    of the request's header; `idle_seconds` is between two requests.
    """

    connections: int
    header_seconds: float = 10.0
    idle_seconds: int = 75


FOR_HEALTH = Bounds(connections=32)
"""For a port that answers probes and a scraper alone."""


def fit_connections(wanted: int) -> int:
    """As many connections as wanted, or as leave enough of the files that may be open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, files - OTHER_FILES - BACKLOG - SPARE_CONNECTIONS))


class BoundedConfig(uvicorn.Config):
    """A server whose connections are bounded; the rest is as uvicorn has it."""

    def __init__(self, app: Callable[..., Any], host: str, port: int, bounds: Bounds) -> None:
        super().__init__(
            app,
            host=host,
            port=port,
            http=BoundedProtocol,
            ws="none",
            loop="uvloop",
            log_config=None,
            access_log=False,
            # else a local client names the address it comes from
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=bounds.idle_seconds,
            timeout_graceful_shutdown=FINISH_SECONDS,
        )
        self.bounds = bounds


class BoundedProtocol(H11Protocol):
    """One connection, closed when its client is too slow, or when another needs its place."""

    def __init__(self, config: BoundedConfig, *args: Any, **named: Any) -> None:
        super().__init__(config, *args, **named)
        self.bounds = config.bounds
        self.waiting_since = self.loop.time()
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the client its time for a header, and close another connection if needed."""
        super().connection_made(transport)
        self._start_deadline()
        if len(self.connections) > self.bounds.connections + SPARE_CONNECTIONS:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Parse; bytes of an incomplete header do not prolong its time."""
        super().data_received(data)
        if self.is_answering():
            self._stop_deadline()
        elif not self.transport.is_closing():
            self._start_deadline()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self.waiting_since = self.loop.time()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_deadline()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """Close, even if the client does not read what was sent."""
        self.close("idle")

    def is_answering(self) -> bool:
        """Whether a request has come whose answer is not complete."""
        # uvicorn's type does not say that there is no cycle before the first request
        return self.cycle is not None and not self.cycle.response_complete  # type: ignore[redundant-expr]

    def waits_for_client(self) -> bool:
        """Whether the client is to send or to read something before the service can go on."""
        unread = self.transport.get_write_buffer_size() > 0
        return unread or not self.is_answering() or self.cycle.more_body

    def close(self, reason: str) -> None:
        """Close at once."""
        if not self.transport.is_closing():
            CLOSED.labels(reason).inc()
            self.transport.abort()

    def _start_deadline(self) -> None:
        if self._deadline is None:
            seconds = self.bounds.header_seconds
            self._deadline = self.loop.call_later(seconds, self.close, "slow")

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _make_room(self) -> None:
        """Close the connection that waits longest for its client, or else this one."""
        peers = [
            peer
            for peer in self.connections
            if isinstance(peer, BoundedProtocol) and not peer.transport.is_closing()
        ]
        if len(peers) > self.bounds.connections + SPARE_CONNECTIONS:
            waiting = [peer for peer in peers if peer is not self and peer.waits_for_client()]
            longest = min(waiting, key=lambda peer: peer.waiting_since, default=self)
            longest.close("crowded")
