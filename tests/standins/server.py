"""A real HTTP server on loopback that plays somebody else's service, faults and all."""

import json
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self, cast
from urllib.parse import parse_qsl, urlsplit

from tests.standins.faults import Script, ScriptedFault
from tests.standins.loopback import LoopbackServer

Json = dict[str, Any]
CONTROL = "/_control/"
PORTAL = "<html><title>Please log in</title></html>"


@dataclass(frozen=True, slots=True)
class StandInAnswer:
    """What goes back: a status, a body (JSON, or text as it is), headers."""

    status: int
    body: Json | str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came in, with the time of its arrival (seconds since the epoch)."""

    name: str
    body: Json
    token: str | None
    at: float
    raw: bytes = field(default=b"", repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    def describe(self) -> Json:
        """What is told of it: neither bytes nor headers."""
        return {"name": self.name, "body": self.body, "token": self.token, "at": self.at}


class StandIn(ABC):
    """Serves from threads; every request is kept in `calls`, faults come from `script`.

    The same can be asked over HTTP, for tests in another process: `GET /_control/state`,
    `POST /_control/faults` (a Fault or a list), `/_control/release`, `/_control/reset`.
    `skew`: how many seconds its clock is ahead.
    """

    def __init__(self, port: int = 0) -> None:
        self.calls: list[Call] = []
        self.script = Script()
        self.lock = threading.RLock()
        self.skew = 0.0
        self._released = threading.Event()
        self._server = LoopbackServer(self, _Handler, port)

    @abstractmethod
    def act(self, call: Call) -> StandInAnswer:
        """Do what the call asks and answer as the real service would."""

    @abstractmethod
    def state(self) -> Json:
        """All that was recorded, as JSON."""

    @abstractmethod
    def forget(self) -> None:
        """Drop all that was recorded."""

    def refusal(self, fault: ScriptedFault) -> StandInAnswer:
        """The answer to a `status` or `error` fault."""
        given = fault.retry_after
        asked = f"{given:g}" if isinstance(given, float | int) else given
        after = {} if asked is None else {"Retry-After": asked}
        return StandInAnswer(fault.status, {"error": fault.error}, after)

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        return self._server.url

    def start(self) -> Self:
        """Listen; returns at once."""
        self._server.start()
        return self

    def close(self) -> None:
        """Stop listening and let every held answer go."""
        self._released.set()
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.close()

    def script_fault(self, kind: Any, **details: Any) -> None:
        """Let the next call that it names go wrong."""
        self.script.add(ScriptedFault(kind, **details))

    def release(self) -> None:
        """Answer all calls that hang now."""
        self._released.set()
        self._released = threading.Event()

    def called(self, name: str) -> list[Call]:
        """The calls of that name so far."""
        with self.lock:
            return [call for call in self.calls if call.name == name]

    def answer(self, call: Call) -> StandInAnswer | None:
        """The answer, after the fault that is due; None closes the connection."""
        with self.lock:
            self.calls.append(call)
            fault = self.script.take(call.name)
        return self.act(call) if fault is None else self._go_wrong(call, fault)

    def _go_wrong(self, call: Call, fault: ScriptedFault) -> StandInAnswer | None:
        done = self.act(call) if fault.takes_effect and not fault.late else None
        self._hold(fault)
        if fault.kind in ("status", "error"):
            return self.refusal(fault)
        if fault.kind == "portal":
            return StandInAnswer(200, PORTAL)
        if done is None and (fault.takes_effect or fault.kind == "hang"):
            done = self.act(call)
        return None if fault.kind == "drop" else done

    def _hold(self, fault: ScriptedFault) -> None:
        if fault.kind == "hang":
            self._released.wait()
        elif fault.seconds:
            self._released.wait(fault.seconds)

    def control(self, what: str, body: Any) -> Json:
        """The tests' side door."""
        if what == "faults":
            for raw in body if isinstance(body, list) else [body]:
                self.script.add(ScriptedFault.parse(raw))
        elif what == "release":
            self.release()
        elif what == "reset":
            self._reset()
        return self.state()

    def _reset(self) -> None:
        with self.lock:
            self.calls.clear()
            self.script.clear()
            self.forget()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # one packet an answer: with two, the caller's delayed acknowledgement costs 40 ms
    wbufsize = -1

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def do_PUT(self) -> None:
        self.do_POST()

    def date_time_string(self, timestamp: float | None = None) -> str:
        standin = cast("LoopbackServer[StandIn]", self.server).standin
        return super().date_time_string((timestamp or time.time()) + standin.skew)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the parent's signature)
        """Silent: the record is `calls`."""

    def _serve(self, raw: bytes) -> None:
        body = self._parse(raw)
        standin = cast("LoopbackServer[StandIn]", self.server).standin
        path = urlsplit(self.path).path
        if path.startswith(CONTROL):
            self._send(StandInAnswer(200, standin.control(path.removeprefix(CONTROL), body)))
            return
        name, headers = path.strip("/"), dict(self.headers.items())
        self._send(standin.answer(Call(name, body, self._token(), time.time(), raw, headers)))

    def _token(self) -> str | None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token if scheme == "Bearer" else None

    def _parse(self, raw: bytes) -> Any:
        if raw and "json" in self.headers.get("Content-Type", ""):
            return json.loads(raw)
        # bytes that are no form, such as protobuf, are left to the stand-in
        return dict(parse_qsl(raw.decode(errors="replace")))

    def _send(self, answer: StandInAnswer | None) -> None:
        if answer is None:
            self.close_connection = True
            return
        is_text = isinstance(answer.body, str)
        body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        raw = body.encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html" if is_text else "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
