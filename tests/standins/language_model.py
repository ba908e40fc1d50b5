"""A language model behind an OpenAI-compatible address, on loopback, that may answer anything."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ModelReply:
    """One answer: `raw` is sent as it is, in `parts` with a pause of `seconds` before each."""

    raw: bytes
    status: int = 200
    seconds: float = 0.0
    parts: int = 1
    headers: dict[str, str] = field(default_factory=dict)


def saying(content: str) -> ModelReply:
    """An answer whose message is `content`."""
    return ModelReply(json.dumps({"choices": [{"message": {"content": content}}]}).encode())


def judging(*, means: bool, quote: str = "") -> ModelReply:
    """An answer as the reader asks for it."""
    return saying(json.dumps({"means": means, "quote": quote}))


class LanguageModelStandIn:
    """Answers every call with `reply`; `calls` has the bodies, `keys` the authorizations."""

    def __init__(self, reply: ModelReply) -> None:
        self.reply = reply
        self.calls: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False

    @property
    def url(self) -> str:
        """Its address, as VEDETTE_READER_LLM_URL has it."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                model.calls.append(json.loads(self.rfile.read(length)) | {"path": self.path})
                model.keys.append(self.headers["Authorization"])
                self._send(model.reply)

            def _send(self, reply: ModelReply) -> None:
                self.send_response(reply.status)
                self.send_header("Content-Length", str(len(reply.raw)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                size = max(1, -(-len(reply.raw) // reply.parts))
                for start in range(0, len(reply.raw), size):
                    time.sleep(reply.seconds)
                    self.wfile.write(reply.raw[start : start + size])
                    self.wfile.flush()

            def log_message(self, *_: object) -> None:
                """Nothing is logged."""

        return Handler
