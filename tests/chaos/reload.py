"""A change of rules in the middle: `vedette rules publish`, again while Kafka is away.

Every edition means the same, so the same alerts must come out of it; one rule's windows are built
again from past events each time.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.pack import RULES, Terms, write_rules
from tests.parts.child import ROOT, ChildProcess

PUBLISH = (sys.executable, "-m", "cli", "rules", "publish")
MOST_TRIES = 5


@dataclass
class Reload:
    """Publishes one edition of the pack after the other, and looks whether it succeeded."""

    folder: Path
    terms: Terms
    environment: Mapping[str, str]
    told: Callable[[str], None]
    begun: int = 0
    published: int = 0
    _tries: int = 0
    _child: ChildProcess | None = field(default=None)

    @staticmethod
    def exists() -> bool:
        """Whether there is such a command."""
        asked = [*PUBLISH, "--help"]
        return subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0  # noqa: S603  (our own command)

    def begin(self) -> None:
        """Publish the next edition; returns at once."""
        self.begun += 1
        self._tries = 0
        folder = self.folder / f"edition-{self.begun}"
        rules = write_rules(folder, self.terms, edition=self.begun)
        rebuilt = f"{rules.name}/{RULES[self.begun % len(RULES)]}=rebuild"
        who = ("--author", "chaos", "--commit", f"edition {self.begun}")
        command = [*PUBLISH, "--rules", str(rules), "--rule", rebuilt, *who]
        self._child = ChildProcess(command, folder / "publish.log", self.environment).start()

    def look(self) -> None:
        """Try again what failed, some times; never waits."""
        child = self._child
        if child is None or child.running:
            return
        self._child = None
        if child.wait() == 0:
            self.published += 1
            self.told(f"edition {self.begun} of the rules is published")
        elif self._tries < MOST_TRIES:
            self._tries += 1
            self._child = child.start()
        else:
            self.told(f"edition {self.begun} of the rules cannot be published: {child.tail()}")
