"""A real redis-server on loopback, as durable as the notifier demands."""

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import redis

from tests.parts.child import ChildProcess, free_port
from tests.parts.tls import Certificate
from tests.parts.waiting import until

DATABASES = 4096
DURABLE = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}


# docs/operations/security.md names the same
NOTIFIER_MAY = "~{vedette.notifier}* +@all -@dangerous +config|get +info"


class NoRedis(Exception):
    """There is no redis-server here; the message says what to run."""


@dataclass
class RedisNode:
    """One redis-server; its directory and port stay the same over `stop`, `kill` and `start`."""

    directory: Path
    port: int
    child: ChildProcess
    base: str = "redis://127.0.0.1"
    options: str = ""

    @classmethod
    def create(cls, **settings: str) -> Self:
        """A node that is not started yet; `settings` (`appendfsync="no"`) change the durable ones.

        A hyphen in a setting's name is written as an underscore.
        """
        directory, port = Path(tempfile.mkdtemp(prefix="vedette-redis-")), free_port()
        overrides = {name.replace("_", "-"): value for name, value in settings.items()}
        command = [_binary(), *_arguments(directory, port, DURABLE | overrides)]
        return cls(directory, port, ChildProcess(command, directory / "redis.log"))

    @classmethod
    def create_secured(cls, certificate: Certificate, user: str, password: str) -> Self:
        """A node for one user over TLS, who may do what the notifier needs; not started yet."""
        files = {"tls_cert_file": certificate.certificate, "tls_key_file": certificate.key}
        acls = certificate.both.parent / "redis-acls"
        acls.write_text(f"user default off\nuser {user} on >{password} {NOTIFIER_MAY}\n")
        node = cls.create(
            **{name: str(path) for name, path in files.items()},
            aclfile=str(acls),
            tls_auth_clients="no",
        )
        node.child.command = _listen_by_tls(node.child.command)
        node.base = f"rediss://{user}:{password}@127.0.0.1"
        node.options = f"?ssl_ca_certs={certificate.certificate}"
        return node

    def url(self, database: int = 0) -> str:
        """What clients connect to."""
        return f"{self.base}:{self.port}/{database}{self.options}"

    def start(self, timeout: float = 20.0) -> Self:
        """Start it; returns when it answers."""
        self.child.start()
        until(self._answers, "Redis answers", timeout)
        return self

    def stop(self) -> None:
        """SIGTERM; returns when it is gone."""
        self.child.terminate()

    def kill(self) -> None:
        """SIGKILL."""
        self.child.kill()

    def lose_all(self) -> None:
        """SIGKILL and delete its data: it starts as a new Redis."""
        self.child.kill()
        shutil.rmtree(self.directory / "appendonlydir")

    def freeze(self) -> None:
        """SIGSTOP: connections stand, nothing is answered."""
        self.child.freeze()

    def thaw(self) -> None:
        """SIGCONT."""
        self.child.thaw()

    def close(self) -> None:
        """End it and delete its data."""
        self.child.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _answers(self) -> bool:
        self.child.check()
        with suppress(redis.RedisError), closing(redis.Redis.from_url(self.url())) as client:
            return bool(client.ping())
        return False


def _listen_by_tls(command: Sequence[str]) -> list[str]:
    at = list(command).index("--port")
    return [*command[:at], "--tls-port", *command[at + 1 :], "--port", "0"]


def _binary() -> str:
    # the Debian package installs it where a plain user's PATH may not look
    path = shutil.which("redis-server", path="/usr/local/bin:/usr/bin:/bin") or shutil.which(
        "redis-server"
    )
    if path is None:
        raise NoRedis("redis-server is missing: run `make redis`")
    return path


def _arguments(directory: Path, port: int, settings: dict[str, str]) -> list[str]:
    full = settings | {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(directory),
        "databases": str(DATABASES),
        "save": "",
    }
    return [word for name, value in full.items() for word in (f"--{name}", value)]
