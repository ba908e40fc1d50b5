"""How well stories are found, and what a report costs: `python -m bench.stories`.

A labelled set has wires, copies and rewrites of each, which are its story, and updates with new
numbers and other events in the same words or with the same background, which are not. Each pair is
clustered by itself. The rules were made while looking at `seen` and `seen later`, which somebody
wrote who did not know them. `held out` and `fresh` were labelled before they were measured. A copy
in which the outlet wrote a sentence anew is a copy in `held out`; elsewhere it is `touched`, or
`reopened` where that is the first one. Exit code 1 where all sets together are below 98 %
precision or 90 % recall on copies.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from bench.least_time import least_time
from schemas.event import Event
from services.ingest.adapters.language import load_detector
from services.ingest.domain.stories.join import list_terms, share_in_common
from services.ingest.domain.stories.lead import read_lead
from services.ingest.domain.stories.memory_index import MemoryIndex, cluster_events
from services.ingest.domain.stories.report import StoryReport

FOLDER = Path(__file__).parents[1] / "tests" / "ingest" / "stories"
LABELLED = FOLDER / "labelled.jsonl"
SETS = {
    "seen": LABELLED,
    "seen later": FOLDER / "seen_later.jsonl",
    "held out": FOLDER / "held_out.jsonl",
    "fresh": FOLDER / "fresh.jsonl",
}
SAME = ("copies", "touched", "reopened", "rewrites")
DIFFERENT = ("updates", "background", "others", "unrelated")
LEAST_PRECISION, LEAST_RECALL = 0.98, 0.9
NOON = datetime(2020, 1, 5, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A wire and another report: of which kind that is, and in which language."""

    kind: str
    language: str
    wire: Event
    other: Event


def read_pairs(path: Path = LABELLED) -> Iterator[LabelledPair]:
    """Each wire with its reports, its copies with one another, and each wire with the next."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for number, line in enumerate(lines):
        language, wire = line["language"], line["wire"]
        for copy, other in combinations(line["copies"], 2):
            yield LabelledPair("copies", language, _event("copy", copy), _event("o", other))
        for kind in (*SAME, *DIFFERENT[:-1]):
            for other in line.get(kind, ()):
                yield LabelledPair(kind, language, _event("wire", wire), _event("o", other))
        unrelated = lines[number - 1]["wire"]
        yield LabelledPair("unrelated", language, _event("wire", wire), _event("o", unrelated))


def _event(source: str, words: Mapping[str, Any]) -> Event:
    return Event(id="1", source=source, occurred_at=NOON, recorded_at=NOON, **words)


def is_joined(pair: LabelledPair) -> bool:
    """Whether both reports get one story."""
    first, second = cluster_events([pair.wire, pair.other])
    return first.cluster == second.cluster


@dataclass(frozen=True, slots=True)
class Score:
    """How many pairs of each kind and language there are, and how many were joined."""

    pairs: Mapping[tuple[str, str], int]
    joined: Mapping[tuple[str, str], int]

    @property
    def precision(self) -> float:
        """Of the joined pairs, the share that are one story."""
        right = sum(self.joined.get(key, 0) for key in self.pairs if key[0] in SAME)
        return right / sum(self.joined.values())

    def recall(self, kind: str) -> float:
        """Of the pairs of this kind, the share that were joined."""
        pairs = sum(count for key, count in self.pairs.items() if key[0] == kind)
        return sum(count for key, count in self.joined.items() if key[0] == kind) / pairs


def score(pairs: Sequence[LabelledPair]) -> Score:
    """Cluster every pair."""
    keys = [(pair.kind, pair.language) for pair in pairs]
    joined = [key for key, pair in zip(keys, pairs, strict=True) if is_joined(pair)]
    return Score(Counter(keys), Counter(joined))


def measure_cost(events: Sequence[Event]) -> float:
    """Seconds of the processor for one report."""
    return least_time(lambda: _assign(events)) / len(events)


def _assign(events: Sequence[Event]) -> None:
    index = MemoryIndex()
    for number, event in enumerate(events):
        index.assign(StoryReport.of(event.model_copy(update={"id": str(number)})))


def measure_detection(events: Sequence[Event]) -> float:
    """Seconds of the processor to find the language of one report."""
    detect = load_detector()
    texts = [f"{event.title or ''} {event.text or ''}" for event in events]
    return least_time(lambda: [detect(text) for text in texts]) / len(texts)


def _share(pair: LabelledPair) -> float:
    """Of the words and pairs of words of both leads, the share that both have."""
    wire, other = (list_terms(read_lead(event)[0]) for event in (pair.wire, pair.other))
    return share_in_common(wire, other)


def _print_kinds(pairs: Sequence[LabelledPair], outcome: Score) -> None:
    head = f"{'kind':12}{'language':10}{'pairs':>6}{'joined':>8}"
    print(f"{head}  alike: 10 %, median, 90 %")
    for (kind, language), count in sorted(outcome.pairs.items()):
        of_kind = [pair for pair in pairs if (pair.kind, pair.language) == (kind, language)]
        shares = sorted(map(_share, of_kind))
        alike = "".join(f"{shares[int(part * (count - 1))]:6.2f}" for part in (0.1, 0.5, 0.9))
        joined = outcome.joined.get((kind, language), 0)
        print(f"{kind:12}{language:10}{count:6}{joined:8}  {alike}")


def _measure_set(name: str, pairs: Sequence[LabelledPair]) -> bool:
    """Print what becomes of a set; whether it is as good as it must be."""
    outcome = score(pairs)
    print(f"{name}: {len(pairs)} pairs")
    _print_kinds(pairs, outcome)
    print(f"precision {outcome.precision:.3f}")
    for kind in SAME:
        if any(pair.kind == kind for pair in pairs):
            print(f"recall of {kind} {outcome.recall(kind):.3f}")
    print()
    return outcome.precision >= LEAST_PRECISION and outcome.recall("copies") >= LEAST_RECALL


def _print_wrong(pairs: Sequence[LabelledPair]) -> None:
    for pair in pairs:
        if (pair.kind == "copies") != is_joined(pair) and pair.kind not in SAME[1:]:
            print(f"{pair.kind} {pair.language}\n  {pair.wire.text}\n  {pair.other.text}")


def main() -> None:
    """Print the joined pairs by kind and language, precision, recall and cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", choices=SETS, help="also print what is wrong in a set")
    arguments = parser.parse_args()
    sets = {name: list(read_pairs(path)) for name, path in SETS.items()}
    for name, pairs in sets.items():
        _measure_set(name, pairs)
    is_good = _measure_set("together", [pair for pairs in sets.values() for pair in pairs])
    events = [pair.other for pair in sets["seen"]]
    print(f"{measure_cost(events) * 1e6:.0f} µs a report for its story, in memory")
    print(f"{measure_detection(events) * 1e6:.0f} µs a report for its language, if it names none")
    if arguments.wrong:
        _print_wrong(sets[arguments.wrong])
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
