"""Drills: the disk of Kafka is full, the disk of Redis is full.

A disk is a small file system in memory, seen by its process alone. Where the system lets nobody
make one, the drill is not tried.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.drills.site import DrillSite, Say, SiteOptions, require, start_site
from tests.parts.child import ChildProcess
from tests.parts.kafka import KafkaNode
from tests.parts.redis_server import RedisNode
from tests.parts.waiting import until

KAFKA_MIB, REDIS_MIB = 160, 4
MIB = 2**20


class NotTried(Exception):
    """This system cannot do it; the message says why."""


@dataclass
class SmallDisk:
    """A file system of so many MiB at `folder`, for processes that are wrapped."""

    folder: Path
    holder: ChildProcess

    def wrap(self, child: ChildProcess) -> None:
        """From its next start on the process sees the disk."""
        nsenter = shutil.which("nsenter") or "nsenter"
        enter = [nsenter, "-t", str(self.holder.pid), "-U", "-m", "--preserve-credentials"]
        child.command = [*enter, *child.command]

    def fill(self) -> None:
        """Take all of its room."""
        with self._filler().open("wb") as file:
            while True:
                try:
                    file.write(b"0" * MIB)
                    file.flush()
                except OSError:
                    return

    def make_room(self) -> None:
        """Give back what `fill` took."""
        self._filler().unlink()

    def _filler(self) -> Path:
        return Path(f"/proc/{self.holder.pid}/root{self.folder}/filler")


@contextmanager
def make_disk(folder: Path, mib: int) -> Iterator[SmallDisk]:
    """A disk in place of the folder's contents, which are copied to it.

    Raises:
        NotTried: the system does not allow it.
    """
    script = (
        f"cp -a {folder} {folder}.kept && mount -t tmpfs -o size={mib}m tmpfs {folder} "
        f"&& cp -a {folder}.kept/. {folder}/ && rm -r {folder}.kept "
        "&& echo ready && exec sleep 3600"
    )
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("nsenter") is None:
        raise NotTried("there is no unshare or nsenter")
    log = folder.with_suffix(".disk.log")
    with ChildProcess([unshare, "-rm", "sh", "-c", script], log) as holder:
        until(lambda: "ready" in holder.text() or not holder.running, "the disk", 60.0)
        if not holder.running:
            raise NotTried(f"no file system can be mounted: {holder.text()}")
        yield SmallDisk(folder, holder)


def fill_disk_of_kafka(folder: Path, say: Say) -> None:
    """Kafka stops; reports are refused with 503, and accepted when there is room."""
    with ExitStack() as parts:
        node = parts.enter_context(closing(KafkaNode.create()))
        disk = parts.enter_context(make_disk(node.directory, KAFKA_MIB))
        disk.wrap(node.child)
        site = parts.enter_context(start_site(folder, say, SiteOptions(kafka=node.start())))
        disk.fill()
        say(f"the disk of Kafka ({KAFKA_MIB} MiB) is full")
        _write_until_refused(site)
        site.wait_told("kafka", "ingest")
        disk.make_room()
        node.child.kill()
        node.start()
        say("there is room, and Kafka is started again")
        site.wait_ready()
        site.require_leader("after the room")
        site.require_no_repeat()


def _write_until_refused(site: DrillSite) -> None:
    """Reports with long texts, until one is refused: it is the sender's to send it again."""
    text = os.urandom(24 * 1024).hex()

    def is_refused() -> bool:
        return not site.try_to_send({"title": "The market opened", "text": text})

    until(is_refused, "ingest refuses a report", 180.0)
    site.say("ingest refuses a report with 503: the sender keeps it")


def fill_disk_of_redis(folder: Path, say: Say) -> None:
    """Redis ends rather than forget; alerts wait in Kafka, and are told once when it is back."""
    with ExitStack() as parts:
        node = parts.enter_context(closing(RedisNode.create()))
        disk = parts.enter_context(make_disk(node.directory, REDIS_MIB))
        disk.wrap(node.child)
        site = parts.enter_context(start_site(folder, say, SiteOptions(redis=node.start())))
        disk.fill()
        say(f"the disk of Redis ({REDIS_MIB} MiB) is full")
        site.report_leader("while the disk is full")
        site.wait_told("redis", "notifier")
        require(site.count("while the disk is full") == 0, "an alert was sent that is nowhere kept")
        disk.make_room()
        node.child.kill()
        node.start()
        say("there is room, and Redis is started again")
        until(lambda: site.count("while the disk is full"), "the alert that waited", 180.0)
        site.wait_ready()
        site.require_leader("after the room")
        site.require_no_repeat()
