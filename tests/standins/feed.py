"""A stand-in for somebody's feed, with the habits of real ones."""

import gzip
import hashlib
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self, cast
from xml.sax.saxutils import escape

from tests.standins.loopback import LoopbackServer

BOMB_BYTES = 64 * 1024 * 1024
PUBLISHED = "Thu, 26 Nov 2026 08:00:00 GMT"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item as the feed shows it."""

    guid: str
    title: str
    text: str = ""
    published: str = PUBLISHED

    def render(self) -> str:
        """The item in RSS 2.0."""
        return (
            f"<item><guid isPermaLink='false'>{escape(self.guid)}</guid>"
            f"<title>{escape(self.title)}</title><description>{escape(self.text)}</description>"
            f"<pubDate>{self.published}</pubDate></item>"
        )


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What goes back. `cut`: so many bytes of the body alone come; `pause`: seconds before each
    of its last bytes.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    pause: float = 0.0


def too_many_requests(retry_after: str = "7") -> FeedAnswer:
    """Asks to be left alone."""
    return FeedAnswer(429, headers={"Retry-After": retry_after})


def redirect(location: str, status: int = 302) -> FeedAnswer:
    """Leads elsewhere."""
    return FeedAnswer(status, headers={"Location": location})


def gzip_bomb() -> FeedAnswer:
    """64 KiB that unpack to 64 MiB."""
    return FeedAnswer(body=gzip.compress(bytes(BOMB_BYTES)), headers={"Content-Encoding": "gzip"})


class FeedStandIn:
    """Serves RSS from threads on loopback; `answers` are given first, one a request.

    A restart of the reader shows in `requests`, the headers of each one.
    """

    def __init__(self) -> None:
        self.items: list[FeedItem] = []
        self.answers: deque[FeedAnswer] = deque()
        self.requests: list[dict[str, str]] = []
        self.has_validators = True
        self._released = threading.Event()
        self._server = LoopbackServer(self, _FeedHandler)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._released.set()
        self._server.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """The address of the feed."""
        return f"{self._server.url}/feed.xml"

    def publish(self, guid: str, title: str, text: str = "", published: str = PUBLISHED) -> None:
        """Put an item on top, or change the one of that guid where it stands."""
        item = FeedItem(guid, title, text, published)
        known = [old.guid for old in self.items]
        if guid in known:
            self.items[known.index(guid)] = item
        else:
            self.items.insert(0, item)

    def drop(self, guid: str) -> None:
        """Remove an item, as feeds do with old ones."""
        self.items = [item for item in self.items if item.guid != guid]

    def render(self) -> bytes:
        """The whole feed."""
        items = "".join(item.render() for item in self.items)
        head = "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        return f"{head}<title>A feed</title>{items}</channel></rss>".encode()

    def answer(self, headers: Mapping[str, str]) -> FeedAnswer:
        """The next answer of `answers`, else the feed, or 304 where the reader has it already."""
        if self.answers:
            return self.answers.popleft()
        body = self.render()
        if not self.has_validators:
            return FeedAnswer(body=body, headers={"Content-Type": "application/rss+xml"})
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        validators = {"ETag": tag, "Content-Type": "application/rss+xml"}
        if headers.get("If-None-Match") == tag:
            return FeedAnswer(304, headers=validators)
        return FeedAnswer(body=body, headers=validators)

    def wait(self, seconds: float) -> None:
        """Wait, no longer than it serves."""
        self._released.wait(seconds)


class _FeedHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        feed = cast("LoopbackServer[FeedStandIn]", self.server).standin
        headers = dict(self.headers.items())
        feed.requests.append(headers | {"path": self.path, "at": str(time.monotonic())})
        self._send(feed, feed.answer(headers))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the parent's signature)
        """Silent: the record is `requests`."""

    def _send(self, feed: FeedStandIn, answer: FeedAnswer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if answer.pause:
            self._send_slowly(feed, answer)
        else:
            self.wfile.write(answer.body[: answer.cut])

    def _send_slowly(self, feed: FeedStandIn, answer: FeedAnswer) -> None:
        for number in range(len(answer.body)):
            self.wfile.write(answer.body[number : number + 1])
            self.wfile.flush()
            feed.wait(answer.pause)
