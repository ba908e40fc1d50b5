"""What a stand-in does wrong on purpose, as a queue that tests write."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self

Kind = Literal["status", "error", "portal", "delay", "hang", "drop"]


@dataclass(frozen=True, slots=True)
class ScriptedFault:
    """One thing that goes wrong with one call.

    `status` answers with that HTTP status (and `retry_after`), `error` with Slack's `ok: false`,
    `portal` with 200 and a page of HTML, as a proxy that wants somebody to log in. `delay` answers
    as usual after `seconds`, `hang` does so after `release` (or at the end), `drop` closes the
    connection. A `stored` call takes effect although the caller gets no answer: at once, or, with
    `late`, after `seconds`. A `hang` that is not stored takes effect when it is
    released.
    """

    kind: Kind
    call: str = "*"
    status: int = 503
    retry_after: float | str | None = None
    error: str = "internal_error"
    seconds: float = 0.0
    stored: bool = False
    late: bool = False
    times: int = 1

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """From JSON; an unknown key is a ValueError that names it."""
        unknown = raw.keys() - {item.name for item in fields(cls)}
        if unknown:
            raise ValueError(f"no such part of a fault: {sorted(unknown)}")
        return cls(**raw)

    @property
    def takes_effect(self) -> bool:
        """Whether the call takes effect in spite of the fault."""
        return self.stored or self.kind == "delay"


class Script:
    """The faults still to come, each for the next call that it names."""

    def __init__(self) -> None:
        self._faults: list[tuple[ScriptedFault, int]] = []
        self._lock = threading.Lock()

    def add(self, fault: ScriptedFault) -> None:
        with self._lock:
            self._faults.append((fault, fault.times))

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, call: str) -> ScriptedFault | None:
        """The first fault for `call`, used up by one."""
        with self._lock:
            for index, (fault, left) in enumerate(self._faults):
                if fault.call in ("*", call):
                    self._use(index, fault, left)
                    return fault
        return None

    def _use(self, index: int, fault: ScriptedFault, left: int) -> None:
        if left == 1:
            del self._faults[index]
        else:
            self._faults[index] = (fault, left - 1)
