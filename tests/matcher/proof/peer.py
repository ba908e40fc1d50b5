"""What elastalert2 says of a stream, and what its rule types do, in a few lines each.

Each of the models below has switches for the ways in which elastalert2 differs. As elastalert2
has them, a model gives its matches exactly; as Vedette has them, Vedette's firing times. So the
switches are all that differs.
"""

import json
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

CHECKOUT = Path(__file__).parents[3]
PEERS = CHECKOUT / ".cache" / "peers" / "bin" / "python"
CHILD = Path(__file__).with_name("peer_child.py")
LONGEST_RUN = 100


class Row(NamedTuple):
    """One report: seconds, its group, and the value that is counted."""

    at: int
    key: str
    value: str


Matches = list[tuple[str, int]]
"""Group and time of every match, or every firing time, in order."""


def elastalert(
    kind: str, rows: Sequence[Row], options: Mapping[str, object], *, every: int | None = None
) -> Matches:
    """The matches of a rule type, by group; `every` so many seconds it collects garbage.

    A match has the time of what was being looked at when it was made. Skips without elastalert2.
    """
    if not PEERS.exists():
        pytest.skip("elastalert2 is not there: make peers")
    asked = {
        "type": kind,
        "options": {"query_key": "key", **options},
        "rows": [row._asdict() for row in rows],
        "every": every,
    }
    done = subprocess.run(  # noqa: S603  (our own script, in an environment that we made)
        [str(PEERS), "-P", "-W", "ignore", str(CHILD)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(match["key"], match["at"]) for match in json.loads(done.stdout)]


def frequency(rows: Iterable[Row], span: int, least: int, *, clears: bool) -> Matches:
    """At least so many in a window, asked as each comes. `clears`: a match empties the window."""
    windows: dict[str, list[int]] = defaultdict(list)
    matches = []
    for row in rows:
        came = [*windows[row.key], row.at]
        newest = max(came)
        inside = [at for at in came if newest - at < span]
        if len(inside) >= least:
            matches.append((row.key, row.at))
            inside = [] if clears else inside
        windows[row.key] = inside
    return matches


def cardinality(rows: Iterable[Row], span: int, most: int, *, closed: bool) -> Matches:
    """More than so many values. `closed`: what is exactly a timespan old is still counted."""
    latest: dict[str, dict[str, int]] = defaultdict(dict)
    matches = []
    for row in rows:
        latest[row.key][row.value] = row.at
        ages = [row.at - at for at in latest[row.key].values()]
        if sum(age <= span if closed else age < span for age in ages) > most:
            matches.append((row.key, row.at))
    return matches


def silences(rows: Iterable[Row], span: int, until: int) -> list[tuple[str, int, int]]:
    """For each silence longer than `span`: its group, when it had lasted that long, its end."""
    times: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        times[row.key].append(row.at)
    return [
        (key, at + span, after)
        for key, ats in times.items()
        for at, after in zip(ats, [*ats[1:], until + 1], strict=True)
        if after - at > span and at + span <= until
    ]


class Spike(NamedTuple):
    """Several times as many in a window as in the one before, and at least so many.

    `clears`: a match starts all over. `own_start`: a group is watched since its own first row, and
    not since that of the stream. `own_newest`: the earlier window ends at its newest row, and not
    where the later one begins.
    """

    span: int
    height: int
    least: int
    clears: bool
    own_start: bool
    own_newest: bool


def spikes(rows: Sequence[Row], asked: Spike) -> Matches:
    """The times at which the rows of a group spike."""
    since: dict[str, int] = {}
    came: dict[str, list[int]] = defaultdict(list)
    matches = []
    for row in rows:
        start = since.setdefault(row.key, row.at if asked.own_start else rows[0].at)
        came[row.key].append(row.at)
        now = [at for at in came[row.key] if row.at - at < asked.span]
        before = _before(came[row.key], row.at, asked)
        if row.at - start < 2 * asked.span or len(now) < asked.least:
            continue
        if len(now) >= asked.height * len(before):
            matches.append((row.key, row.at))
            if asked.clears:
                del since[row.key]
                came[row.key] = now
    return matches


def _before(came: Sequence[int], at: int, asked: Spike) -> list[int]:
    passed = [passed_at for passed_at in came if at - passed_at >= asked.span]
    edge = max(passed, default=0) if asked.own_newest else at - asked.span
    return [passed_at for passed_at in passed if edge - passed_at < asked.span]
