"""Running the stack: parts first, then topics, then services; ended in reverse order."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from cli.admin import open_admin
from cli.faults import CommandFailure
from cli.stack import embedded
from cli.stack.child import Child, end, start
from cli.stack.people import write_people
from cli.stack.plan import Plan, service_environment
from cli.stack.stop import Stop
from cli.topics import create_topics, default_partitions, topic_requests

READY_SECONDS = 120.0
OUTPUT_SECONDS = 5.0

PrintLine = Callable[[str], object]
"""Prints one line for the user."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The children of a running stack, by name."""

    plan: Plan
    children: Mapping[str, Child]

    def check(self) -> None:
        """Check that all are running.

        Raises:
            CommandFailure: one has ended; with the end of its log.
        """
        for name, child in self.children.items():
            if child.exit_code() is not None:
                raise CommandFailure(
                    f"{name} ended with code {child.exit_code()}; its log ends:\n{child.tail()}"
                )


@contextmanager
def run_stack(plan: Plan, folder: Path, stop: Stop, print_line: PrintLine) -> Iterator[Stack]:
    """The whole stack, ready; at the end every child is ended, whatever happens.

    Files go into `folder`; the notifier's output goes to `print_line`, from another thread.

    Raises:
        CommandFailure: a child did not start; with the end of its log.
        UserStopped: a stop was requested.
    """
    parts: dict[str, Child] = {}
    services: dict[str, Child] = {}
    try:
        _start_parts(plan, folder, stop, parts)
        for service in plan.services:
            services[service] = _start_service(plan, folder, service)
        reader = _forward_output(services["notifier"], print_line)
        stack = Stack(plan, {**parts, **services})
        with httpx.Client(timeout=5, trust_env=False) as client:
            for service in plan.services:
                _wait_ready(stack, service, client, stop)
        stack.check()  # at the port of one that ended a stranger may have answered
        yield stack
    finally:
        end(services.values(), stop)
        end(parts.values(), stop)
        if services.get("notifier"):
            reader.join(OUTPUT_SECONDS)


def _start_parts(plan: Plan, folder: Path, stop: Stop, parts: dict[str, Child]) -> None:
    parts["broker"] = embedded.start_broker(plan.ports["broker"], folder)
    parts[embedded.REDIS] = embedded.start_redis(folder)
    parts[embedded.STORIES] = embedded.start_stories(folder)
    embedded.wait_for_broker(parts["broker"], plan.ports["broker"], stop)
    for name in (embedded.REDIS, embedded.STORIES):
        embedded.wait_for_redis(parts[name], folder, stop)
    with open_admin(plan.kafka) as client:
        create_topics(
            client, topic_requests(plan.prefix, default_partitions(plan.clock), replication=1)
        )


def _start_service(plan: Plan, folder: Path, service: str) -> Child:
    if service == "notifier":
        write_people(folder, os.environ)
    environment = service_environment(plan, os.environ, folder, service)
    # -P: a folder named cli in the working directory is not ours
    command = [sys.executable, "-P", "-m", "cli", service]
    log = folder / f"{service}.log"
    return start(service, command, environment, log, keep_output=service == "notifier")


def _forward_output(child: Child, print_line: PrintLine) -> threading.Thread:
    def read() -> None:
        for raw in child.output or ():
            print_line(raw.decode("utf-8", "replace").rstrip("\r\n"))

    reader = threading.Thread(target=read, name=f"{child.name} output", daemon=True)
    reader.start()
    return reader


def _wait_ready(stack: Stack, service: str, client: httpx.Client, stop: Stop) -> None:
    deadline = time.monotonic() + READY_SECONDS
    url = f"{stack.plan.admin_url(service)}/readyz"
    while (fault := _readiness_fault(client, url)) is not None:
        stack.check()
        if time.monotonic() > deadline:
            tail = stack.children[service].tail()
            raise CommandFailure(f"{service} is not ready: {fault}; its log ends:\n{tail}")
        stop.sleep(0.1)


def _readiness_fault(client: httpx.Client, url: str) -> str | None:
    try:
        answer = client.get(url)
    except httpx.TransportError as error:
        return str(error)
    return None if answer.status_code == httpx.codes.OK else answer.text
