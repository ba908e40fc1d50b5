"""A stand-in for a site of files: what lies under a path is served, and the rest is 404."""

from http.server import BaseHTTPRequestHandler
from typing import Any, Self, cast

from tests.standins.loopback import LoopbackServer


class SiteStandIn:
    """Serves `pages`, by path with its query, from threads on loopback."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.requests: list[str] = []
        self._server = LoopbackServer(self, _SiteHandler)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.stop()

    def answer(self, path: str, form: bytes) -> bytes | None:
        """The page at a path, or None; `form` is what was posted."""
        del form
        return self.pages.get(path)

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return self._server.url


class _SiteHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _answer(self, form: bytes) -> None:
        site = cast("LoopbackServer[SiteStandIn]", self.server).standin
        site.requests.append(self.path)
        page = site.answer(self.path, form)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Length", str(len(page or b"")))
        self.end_headers()
        self.wfile.write(page or b"")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the parent's signature)
        """Silent: the record is `requests`."""
