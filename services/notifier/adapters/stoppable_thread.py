"""A thread that works until a stop is requested."""

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field


@dataclass
class StoppableThread(ABC):
    """Runs `_run`, which returns soon after `_stopping` is set."""

    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    @abstractmethod
    def _run(self) -> None: ...

    def start(self) -> None:
        """Begin the work; returns at once."""
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)
        self._thread.start()

    def request_stop(self) -> None:
        """Let the work end; returns at once."""
        self._stopping.set()

    def stop(self, timeout: float) -> bool:
        """Let the work end; whether it has. Blocks `timeout` seconds at most."""
        self.request_stop()
        if self._thread is not None:
            self._thread.join(timeout)
        return not self.is_alive

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()
