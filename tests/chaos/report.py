"""The result of a run, as lines and as files."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.chaos.oracle import AlertKey
from tests.chaos.run import ChaosRun
from tests.chaos.topic_check import TopicContents, count_uncommitted
from tests.chaos.verdict import Verdict, count_by_rule, count_table

MAX_TRACES = 10


@dataclass(frozen=True)
class RunReport:
    """Everything that is known when a run has ended."""

    chaos_run: ChaosRun
    verdicts: Sequence[Verdict]
    missing: Sequence[str]
    lagging: dict[str, int]
    dead: Sequence[str]
    topics: TopicContents

    @property
    def passed(self) -> bool:
        """Whether every alert arrived once, and every report and message was processed."""
        record = self.chaos_run.load.record
        undone = (self.missing, self.lagging, self.dead, record.waiting, record.refused)
        return all(verdict.passed for verdict in self.verdicts) and not any(undone)

    def lines(self) -> Iterator[str]:
        """The counts, for people."""
        chaos_run, record = self.chaos_run, self.chaos_run.load.record
        kinds = Counter(fault.kind for fault in chaos_run.faults)
        yield f"seed {chaos_run.config.seed}: {len(chaos_run.faults)} faults"
        yield from (f"  {count:3} {kind}" for kind, count in sorted(kinds.items()))
        if chaos_run.site.reload.started:
            yield f"  versions of the rules published: {chaos_run.site.reload.published}"
        exits = Counter(chaos_run.site.supervisor.exits)
        restarts = ", ".join(
            f"{name} with {code}: {n}" for (name, code), n in sorted(exits.items())
        )
        yield f"restarted: {restarts or 'none'}"
        yield f"reports sent {record.sent:,}, accepted {len(record.accepted):,}"
        yield f"  refused {len(record.refused)}, never accepted {record.waiting}"
        yield f"  accepted and not in the events topic: {len(self.missing)} {self.missing[:5]}"
        yield f"  dead letters: {len(self.dead)} {self.dead[:3]}"
        yield f"  not committed at the end: {self.lagging or 'nothing'}"
        yield from count_table(self.verdicts)
        yield f"  expected: {count_by_rule(self.verdicts[0].prediction.expected)}"
        for verdict in self.verdicts:
            notices = verdict.notices
            yield f"  {verdict.receiver}, of no rule of the pack: {len(notices)} {notices[:2]}"

    def slowest(self) -> Iterator[str]:
        """The trace of the alert that reached Slack with the longest delay."""
        slack = self.verdicts[0]
        if slack.delays:
            key = max(slack.delays, key=lambda delayed: slack.delays[delayed][1])
            yield f"the slowest came {slack.delays[key][1]:.1f} s after it was due:"
            yield from self._trace(slack, key)

    def traces(self) -> Iterator[str]:
        """The traces of the first alerts of each kind of failure."""
        for verdict in self.verdicts:
            for what in ("lost", "duplicated", "unexpected", "wrong_end"):
                keys: list[AlertKey] = getattr(verdict, what)
                for key in keys[:MAX_TRACES]:
                    yield f"{verdict.receiver}, {what}:"
                    yield from self._trace(verdict, key)

    def _trace(self, verdict: Verdict, key: AlertKey) -> Iterator[str]:
        reports = self.chaos_run.load.record.meaningful()
        own = [report for report in reports if report.part.place == key.place]
        for report in own:
            yield f"  accepted {report.identity} {report.part.base} at {report.accepted_at:.3f}"
        yield from self.topics.trace(key, [report.identity for report in own])
        for message in verdict.by_key.get(key, ()):
            arrival = f"{message.alert} at {message.at:.3f}, now {message.end}"
            yield f"  {verdict.receiver}: {arrival}: {message.text}"
            for call in self.chaos_run.site.pipeline.slack.calls:
                if message.alert and message.alert in json.dumps(call.body):
                    yield f"    call {call.name} at {call.at:.3f}"


def examine(chaos_run: ChaosRun) -> RunReport:
    """Read the topics and the stand-ins, while they are up."""
    topics = TopicContents.of(chaos_run.site.kafka.bootstrap)
    missing = sorted(set(chaos_run.load.record.accepted) - topics.identities())
    return RunReport(
        chaos_run,
        chaos_run.verdicts(),
        missing,
        count_uncommitted(chaos_run.site.kafka.bootstrap),
        topics.dead_letters(),
        topics,
    )


def write_files(run_report: RunReport, folder: Path) -> None:
    """Write the counts, the traces and what the stand-ins received into `folder`."""
    (folder / "report.txt").write_text(
        "\n".join([*run_report.lines(), *run_report.slowest(), *run_report.traces()]) + "\n"
    )
    faults = [asdict(fault) for fault in run_report.chaos_run.faults]
    (folder / "faults.json").write_text(json.dumps(faults, indent=1))
    reports = [asdict(report) for report in run_report.chaos_run.load.record.meaningful()]
    (folder / "accepted.json").write_text(json.dumps(reports, indent=1))
    state = run_report.chaos_run.site.pipeline.slack.state()
    (folder / "slack.json").write_text(json.dumps(state, indent=1))
