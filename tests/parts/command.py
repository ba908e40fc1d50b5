"""The `vedette` command as a child process."""

import subprocess
import sys
from collections.abc import Mapping

from tests.parts.child import ROOT
from tests.parts.processes import bare_environment

SECONDS = 120.0


def run_vedette(variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`vedette …` with these VEDETTE_ variables, none inherited; what it printed, and its code."""
    return subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=bare_environment() | dict(variables),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
