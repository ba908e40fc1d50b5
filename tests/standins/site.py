"""A stand-in for a site of files: what lies under a path is served, and the rest is 404."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast


class SiteStandIn:
    """Serves `pages`, by path with its query, from threads on loopback."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.requests: list[str] = []
        self._server = _SiteServer(("127.0.0.1", 0), _SiteHandler)
        self._server.site = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def answer(self, path: str, form: bytes) -> bytes | None:
        """The page at a path, or None; `form` is what was posted."""
        del form
        return self.pages.get(path)

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"


class _SiteServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    site: SiteStandIn

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that hung up is no news here."""


class _SiteHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _answer(self, form: bytes) -> None:
        site = cast("_SiteServer", self.server).site
        site.requests.append(self.path)
        page = site.answer(self.path, form)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Length", str(len(page or b"")))
        self.end_headers()
        self.wfile.write(page or b"")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the parent's signature)
        """Silent: the record is `requests`."""
