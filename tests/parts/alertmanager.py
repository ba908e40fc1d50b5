"""Debian's Alertmanager, as an oracle: a daemon of its own for a test."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.parts.child import ChildProcess, free_port
from tests.parts.waiting import until

DAEMON = shutil.which("prometheus-alertmanager")
"""None where it is not installed: `make alertmanager`."""
MISSING = "make unit installs it where it can"
CONFIG = "alertmanager.json"


@contextmanager
def run_alertmanager(config: Mapping[str, Any], folder: Path) -> Iterator[httpx.Client]:
    """A client of the API of a daemon with this configuration, which is a file of the folder."""
    port, file = free_port(), write_config(config, folder)
    command = [str(DAEMON), f"--config.file={file}", f"--storage.path={folder}"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]
    with (
        ChildProcess(command, folder / "alertmanager.log") as daemon,
        httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v2", timeout=20) as client,
    ):
        until(lambda: _answers(daemon, client), "the daemon answers", 60)
        yield client


def write_config(config: Mapping[str, Any], folder: Path) -> Path:
    """The file with the configuration."""
    file = folder / CONFIG
    file.write_text(json.dumps(config), encoding="utf-8")
    return file


def reload_config(client: httpx.Client, config: Mapping[str, Any], folder: Path) -> None:
    """Have the daemon route by another configuration from now on; it keeps its alerts."""
    write_config(config, folder)
    client.post(str(client.base_url.copy_with(path="/-/reload"))).raise_for_status()


def _answers(daemon: ChildProcess, client: httpx.Client) -> bool:
    daemon.check()
    try:
        return client.get("/status").is_success
    except httpx.TransportError:
        return False
