"""`python -m tests.drills [NAME …]`: each loss of docs/operations/, and the way back, for real.

On a Kafka and a Redis of each drill's own. Says what it does and sees, and at the end which passed.
Exit code 1 where one failed.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.chaos.run_log import exit_on_sigterm
from tests.drills.backup import restore_ledger_and_rules
from tests.drills.disks import NotTried, fill_disk_of_kafka, fill_disk_of_redis
from tests.drills.losses import lose_each_topic, lose_redis, lose_the_changelog
from tests.drills.site import DrillFailed, Say, empty_folder
from tests.drills.zone import lose_a_zone
from tests.parts.child import ROOT, Died
from tests.parts.waiting import NotInTime

Drill = Callable[[Path, Say], None]
DRILLS: Mapping[str, Drill] = {
    "restore": restore_ledger_and_rules,
    "topics": lose_each_topic,
    "changelog": lose_the_changelog,
    "redis": lose_redis,
    "zone": lose_a_zone,
    "kafka-disk": fill_disk_of_kafka,
    "redis-disk": fill_disk_of_redis,
}
FOLDER = ROOT / ".cache" / "drills"
PASSED, FAILED, NOT_TRIED = "passed", "FAILED", "not tried"


def main() -> int:
    """Run those that are named, or all; the exit code."""
    names = _arguments().names or list(DRILLS)
    exit_on_sigterm()
    results = {name: run_drill(name, DRILLS[name]) for name in names}
    for name, result in results.items():
        _print(f"{name:12} {result}")
    return int(FAILED in results.values())


def run_drill(name: str, drill: Drill, folder: Path = FOLDER) -> str:
    """How it ended; everything that it said is printed before. Its logs are in `folder`."""
    start = time.monotonic()

    def say(line: str) -> None:
        _print(f"{name} {time.monotonic() - start:6.1f}  {line}")

    say((drill.__doc__ or "").splitlines()[0])
    try:
        drill(empty_folder(folder / name), say)
    except NotTried as reason:
        say(f"not tried: {reason}")
        return NOT_TRIED
    except (DrillFailed, NotInTime, Died) as fault:
        say(f"FAILED: {fault}")
        return FAILED
    say("passed")
    return PASSED


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(DRILLS))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
