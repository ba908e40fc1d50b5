"""What a run says at its end, and what it leaves behind when it went wrong."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.chaos.oracle import AlertKey
from tests.chaos.run import ChaosRun
from tests.chaos.topics_after import Topics, left
from tests.chaos.verdict import Verdict, by_rule, lines

MOST_STORIES = 10


@dataclass(frozen=True)
class Finding:
    """Everything that a run came to."""

    ran: ChaosRun
    verdicts: Sequence[Verdict]
    missing: Sequence[str]
    lagging: dict[str, int]
    dead: Sequence[str]
    topics: Topics

    @property
    def good(self) -> bool:
        """Whether nothing was lost, duplicated, unexpected or left undone."""
        record = self.ran.load.record
        undone = (self.missing, self.lagging, self.dead, record.waiting, record.refused)
        return all(one.good for one in self.verdicts) and not any(undone)

    def lines(self) -> Iterator[str]:
        """The numbers."""
        ran, record = self.ran, self.ran.load.record
        kinds = Counter(one.kind for one in ran.strikes)
        yield f"seed {ran.asked.seed}: {len(ran.strikes)} faults"
        yield from (f"  {count:3} {kind}" for kind, count in sorted(kinds.items()))
        if ran.left_out:
            yield f"  left out: {len(ran.left_out)} reloads, no `vedette rules publish` yet"
        elif ran.site.reload.begun:
            yield f"  editions of the rules published: {ran.site.reload.published}"
        exits = Counter(ran.site.supervisor.exits)
        told = ", ".join(f"{name} with {code}: {n}" for (name, code), n in sorted(exits.items()))
        yield f"ended and started again: {told or 'none'}"
        yield f"reports told {record.sent:,}, accepted {len(record.accepted):,}"
        yield f"  refused {len(record.refused)}, never accepted {record.waiting}"
        yield f"  accepted and not in the events topic: {len(self.missing)} {self.missing[:5]}"
        yield f"  dead letters: {len(self.dead)} {self.dead[:3]}"
        yield f"  not committed at the end: {self.lagging or 'nothing'}"
        yield from lines(self.verdicts)
        yield f"  expected: {by_rule(self.verdicts[0].foretold.expected)}"
        for one in self.verdicts:
            yield f"  {one.receiver}, of no rule of the pack: {len(one.notices)} {one.notices[:2]}"

    def slowest(self) -> Iterator[str]:
        """The story of the alert that Slack had to wait for most."""
        slack = self.verdicts[0]
        if slack.waits:
            mark = max(slack.waits, key=lambda one: slack.waits[one][1])
            yield f"the slowest came {slack.waits[mark][1]:.1f} s after it was due:"
            yield from self._story(slack, mark)

    def stories(self) -> Iterator[str]:
        """What is known of each alert that went wrong, of some of them."""
        for verdict in self.verdicts:
            for what in ("lost", "duplicated", "unexpected", "astray"):
                marks: list[AlertKey] = getattr(verdict, what)
                for mark in marks[:MOST_STORIES]:
                    yield f"{verdict.receiver}, {what}:"
                    yield from self._story(verdict, mark)

    def _story(self, verdict: Verdict, mark: AlertKey) -> Iterator[str]:
        reports = self.ran.load.record.meaningful()
        own = [one for one in reports if one.part.place == mark.place]
        for one in own:
            yield f"  accepted {one.identity} {one.part.base} at {one.accepted_at:.3f}"
        yield from self.topics.story(mark, [one.identity for one in own])
        for got in verdict.by_mark.get(mark, ()):
            yield f"  {verdict.receiver}: {got.alert} at {got.at:.3f}, now {got.end}: {got.text}"
            for call in self.ran.site.pipeline.slack.calls:
                if got.alert and got.alert in json.dumps(call.body):
                    yield f"    call {call.name} at {call.at:.3f}"


def found(ran: ChaosRun) -> Finding:
    """Look at everything, while it stands."""
    topics = Topics.of(ran.site.kafka.bootstrap)
    missing = sorted(set(ran.load.record.accepted) - topics.identities())
    return Finding(
        ran,
        ran.verdicts(),
        missing,
        left(ran.site.kafka.bootstrap),
        topics.dead_letters(),
        topics,
    )


def keep(finding: Finding, folder: Path) -> None:
    """Put the numbers, the stories and what the stand-ins saw beside the logs."""
    (folder / "report.txt").write_text(
        "\n".join([*finding.lines(), *finding.slowest(), *finding.stories()]) + "\n"
    )
    strikes = [asdict(one) for one in finding.ran.strikes]
    (folder / "faults.json").write_text(json.dumps(strikes, indent=1))
    reports = [asdict(one) for one in finding.ran.load.record.meaningful()]
    (folder / "accepted.json").write_text(json.dumps(reports, indent=1))
    state = finding.ran.site.pipeline.slack.state()
    (folder / "slack.json").write_text(json.dumps(state, indent=1))
