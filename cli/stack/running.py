"""The stack as it runs: parts first, then topics, then services; ended in the other order."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from cli.faults import CommandFailure
from cli.stack import embedded
from cli.stack.child import Child, end, start
from cli.stack.plan import SERVICES, Plan, service_environment
from cli.stack.stop import Stop
from cli.topics import admin, create_topics, partitions_for, wanted

READY_WITHIN = 120.0
SHOWN_WITHIN = 5.0

Show = Callable[[str], object]
"""Takes one line that a person should see."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Every child of a running stack, by name."""

    plan: Plan
    children: Mapping[str, Child]

    def check(self) -> None:
        """Raise Unusable when one of them has ended, with the end of its log."""
        for name, child in self.children.items():
            if child.ended() is not None:
                raise CommandFailure(
                    f"{name} ended with code {child.ended()}; its log ends:\n{child.tail()}"
                )


@contextmanager
def running(plan: Plan, place: Path, stop: Stop, show: Show) -> Iterator[Stack]:
    """All of it, ready; whatever happens, nothing of it is left at the end.

    Files go into `place`; what the notifier says to people goes to `show`, from another thread.

    Raises:
        CommandFailure: something did not start, with the end of its log.
        Stopped: `stop` was asked while it started.
    """
    parts: dict[str, Child] = {}
    services: dict[str, Child] = {}
    try:
        _start_parts(plan, place, stop, parts)
        for service in SERVICES:
            services[service] = _start_service(plan, place, service)
        reader = _pass_on(services["notifier"], show)
        stack = Stack(plan, {**parts, **services})
        with httpx.Client(timeout=5, trust_env=False) as client:
            for service in SERVICES:
                _wait_ready(stack, service, client, stop)
        yield stack
    finally:
        end(services.values(), stop)
        end(parts.values(), stop)
        if services.get("notifier"):
            reader.join(SHOWN_WITHIN)


def _start_parts(plan: Plan, place: Path, stop: Stop, parts: dict[str, Child]) -> None:
    parts["broker"] = embedded.start_broker(plan.ports["broker"], place)
    parts["redis"] = embedded.start_redis(plan.ports["redis"], place)
    embedded.wait_for_broker(parts["broker"], plan.ports["broker"], stop)
    embedded.wait_for_redis(parts["redis"], plan.ports["redis"], stop)
    with admin(plan.bootstrap_servers) as client:
        create_topics(client, wanted(plan.prefix, partitions_for(plan.clock), replication=1))


def _start_service(plan: Plan, place: Path, service: str) -> Child:
    # what a service leaves behind when it is killed goes with the rest
    environment = service_environment(plan, os.environ, service) | {"TMPDIR": str(place)}
    # -P: a folder named cli where the user stands is not ours
    command = [sys.executable, "-P", "-m", "cli", service]
    log = place / f"{service}.log"
    return start(service, command, environment, log, keep_output=service == "notifier")


def _pass_on(child: Child, show: Show) -> threading.Thread:
    def read() -> None:
        for raw in child.output or ():
            show(raw.decode("utf-8", "replace").rstrip("\r\n"))

    reader = threading.Thread(target=read, name=f"{child.name} output", daemon=True)
    reader.start()
    return reader


def _wait_ready(stack: Stack, service: str, client: httpx.Client, stop: Stop) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while (fault := _fault(client, f"{stack.plan.url(service)}/readyz")) is not None:
        stack.check()
        if time.monotonic() > deadline:
            tail = stack.children[service].tail()
            raise CommandFailure(f"{service} is not ready: {fault}; its log ends:\n{tail}")
        stop.sleep(0.1)


def _fault(client: httpx.Client, url: str) -> str | None:
    try:
        answer = client.get(url)
    except httpx.TransportError as error:
        return str(error)
    return None if answer.status_code == httpx.codes.OK else answer.text
