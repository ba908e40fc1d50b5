"""A release by its commit: its files, and the services and commands that run from them."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.parts.child import ROOT, Died, free_port
from tests.parts.processes import WITH_API, Service

ADMIN = "VEDETTE_ADMIN_PORT"
COMMAND_SECONDS = 120.0


class NoSuchRelease(Exception):
    """The repository's history has no such commit here; it may be shallow, or absent."""


@dataclass(frozen=True, slots=True)
class Release:
    """The code in a folder, by a name for people; it runs with the libraries of this checkout."""

    name: str
    tree: Path

    @classmethod
    def check_out(cls, commit: str, folder: Path) -> Self:
        """The release of a commit, in the new `folder`.

        Raises:
            NoSuchRelease: the history does not have it.
        """
        git = shutil.which("git") or "git"
        packed = subprocess.run(  # noqa: S603  (our own command)
            [git, "archive", commit], cwd=ROOT, capture_output=True, check=False
        )
        if packed.returncode:
            raise NoSuchRelease(f"no commit {commit} here: {packed.stderr.decode().strip()}")
        folder.mkdir(parents=True)
        unpack = ["tar", "-x", "-C", str(folder)]
        subprocess.run(unpack, input=packed.stdout, check=True)  # noqa: S603  (our own command)
        # once, not at every start
        compile_all = [sys.executable, "-m", "compileall", "-q", "services", "schemas", "cli"]
        subprocess.run(compile_all, cwd=folder, check=True)  # noqa: S603  (our own command)
        return cls(commit, folder)

    def install(self, service: Service) -> None:
        """From its next start on the service runs this release."""
        service.command = self._python(f"services.{service.name}")
        environment = {**(service.environment or {}), "PYTHONPATH": str(self.tree)}
        if not self._has_admin_port():
            service.admin_port = service.port
            environment.pop(ADMIN, None)
        elif service.name in WITH_API and ADMIN not in environment:
            service.admin_port = free_port()
            environment[ADMIN] = str(service.admin_port)
        service.environment = environment

    def run_command(self, arguments: list[str], environment: Mapping[str, str]) -> str:
        """`vedette …` of this release; its output. Blocks for two minutes at most.

        Raises:
            Died: it failed; with its output.
        """
        done = subprocess.run(  # noqa: S603  (our own command)
            [*self._python("cli"), *arguments],
            env={**environment, "PYTHONPATH": str(self.tree)},
            cwd=self.tree,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode:
            raise Died(f"{arguments} of {self.name}: {done.stdout}{done.stderr}")
        return done.stdout

    def _python(self, module: str) -> list[str]:
        # -P: the working directory may be another release's
        return [sys.executable, "-P", "-m", module]

    def _has_admin_port(self) -> bool:
        return (self.tree / "services" / "admin.py").exists()
