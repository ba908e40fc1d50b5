"""A change of rules during the run: `vedette rules publish`, repeated while Kafka is down.

All versions of the pack make the same alerts; each rebuilds the windows of one rule from past
events.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.pack import RULES, PackTiming, write_rules
from tests.parts.child import ChildProcess

PUBLISH = (sys.executable, "-m", "cli", "rules", "publish")
MAX_TRIES = 20


@dataclass
class Reload:
    """Publishes one version of the pack after the other; repeats a publish that fails."""

    folder: Path
    timing: PackTiming
    environment: Mapping[str, str]
    log: Callable[[str], None]
    started: int = 0
    published: int = 0
    _tries: int = 0
    _child: ChildProcess | None = field(default=None)

    def publish_next(self) -> None:
        """Publish the next version; returns at once."""
        self.started += 1
        self._tries = 0
        folder = self.folder / f"version-{self.started}"
        rules = write_rules(folder, self.timing, version=self.started)
        rebuilt = f"{rules.name}/{RULES[self.started % len(RULES)]}=rebuild"
        publisher = ("--author", "chaos", "--commit", f"version {self.started}")
        command = [*PUBLISH, "--rules", str(rules), "--rule", rebuilt, *publisher]
        self._child = ChildProcess(command, folder / "publish.log", self.environment).start()

    def retry_failed(self) -> None:
        """Repeat a publish that failed, at most twenty times; never blocks."""
        child = self._child
        if child is None or child.running:
            return
        self._child = None
        if child.wait() == 0:
            self.published += 1
            self.log(f"version {self.started} of the rules is published")
        elif self._tries < MAX_TRIES:
            self._tries += 1
            self._child = child.start()
        else:
            self.log(f"version {self.started} of the rules cannot be published: {child.tail()}")
