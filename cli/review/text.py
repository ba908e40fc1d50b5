"""A review as text for a terminal, and as Markdown for a comment."""

from collections.abc import Iterator, Mapping

from cli.output import list_some
from cli.review.report import (
    PackLoad,
    ReviewReport,
    count_kinds,
    describe_change,
    describe_group,
    describe_steps,
    quote_evidence,
)
from services.matcher.domain.review.alert_changes import AlertDifferenceKind, ComparedAlert
from services.matcher.domain.review.review import RuleReview

MOST_CHANGES = 10
"""Changes of a rule that are listed."""

NO_CHANGE = "no alert differs"
_MARKS: Mapping[AlertDifferenceKind | None, str] = {
    AlertDifferenceKind.GAINED: "+",
    AlertDifferenceKind.LOST: "-",
    AlertDifferenceKind.LEVEL: "!",
    AlertDifferenceKind.MOVED: ">",
    AlertDifferenceKind.COUNT: "#",
}
_MARKDOWN = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>#|~!@"})


def write_text(report: ReviewReport) -> Iterator[str]:
    """Lines without markup."""
    yield report.title
    for rule in report.changed_rules:
        yield f"{'/'.join(rule.key)}: {_summarize(rule)}"
        for change in rule.changes[:MOST_CHANGES]:
            yield f"  {_MARKS[change.kind]} {_describe(change)}"
            yield f"      {quote_evidence(change)}"
        yield from (f"  {line}" for line in _count_more(rule))
    for each in report.changed_hypotheses:
        yield f"hypothesis {'/'.join(each.key)}"
        yield f"  before: {describe_steps(each.before)}"
        yield f"  after:  {describe_steps(each.after)}"
    yield from describe_closing(report)


def write_markdown(report: ReviewReport) -> Iterator[str]:
    """A comment that is read in a minute: a table, and the alerts folded below it."""
    yield f"### Rules: {escape_markdown(report.title)}"
    yield ""
    if report.changed_rules:
        yield f"| rule | {' | '.join(AlertDifferenceKind)} | as before |"
        yield f"|---|{'---|' * (len(AlertDifferenceKind) + 1)}"
        yield from map(_write_row, report.changed_rules)
        yield ""
    for each in report.changed_hypotheses:
        yield f"- hypothesis `{'/'.join(each.key)}`: {describe_steps(each.before)}"
        yield f"  **→** {describe_steps(each.after)}"
    yield from (f"- {escape_markdown(line)}" for line in describe_closing(report))
    yield from (line for rule in report.changed_rules for line in _write_details(rule))


def escape_markdown(text: str) -> str:
    """The text as data: it makes no mark-up, link or mention."""
    return text.translate(_MARKDOWN)


def _write_row(rule: RuleReview) -> str:
    counts = (str(count or "") for count in count_kinds(rule.changes).values())
    return f"| `{'/'.join(rule.key)}` | {' | '.join(counts)} | {rule.unchanged} |"


def _write_details(rule: RuleReview) -> Iterator[str]:
    yield ""
    yield f"<details><summary><code>{'/'.join(rule.key)}</code>: {_summarize(rule)}</summary>"
    yield ""
    for change in rule.changes[:MOST_CHANGES]:
        yield f"- **{change.kind}** {escape_markdown(_describe(change))}"
        yield f"  > {escape_markdown(quote_evidence(change))}"
    yield from (f"- {line}" for line in _count_more(rule))
    yield ""
    yield "</details>"


def _describe(change: ComparedAlert) -> str:
    group = describe_group(change.shown)
    said = f"{describe_change(change)}: {change.shown.summary}"
    return f"{said} ({group})" if group else said


def _summarize(rule: RuleReview) -> str:
    counts = count_kinds(rule.changes).items()
    parts = [f"{count} {kind}" for kind, count in counts if count]
    return ", ".join([*parts, f"{rule.unchanged} as before"])


def _count_more(rule: RuleReview) -> Iterator[str]:
    more = len(rule.changes) - MOST_CHANGES
    if more > 0:
        yield f"and {more} more"


def describe_closing(report: ReviewReport) -> Iterator[str]:
    """What is said of all rules together, a line each."""
    if not report.changed_rules and not report.changed_hypotheses:
        yield NO_CHANGE
    if report.silent_rules:
        yield f"changed, and alerting as before: {list_some(report.silent_rules)}"
    yield from (_describe_load(load, report.of_all_rules) for load in report.loads)
    yield from (f"over budget: {line}" for line in report.excess)


def _describe_load(load: PackLoad, of_all_rules: bool) -> str:  # noqa: FBT001  (a fact of the report)
    what = load.pack if of_all_rules else f"what changes of {load.pack}"
    alerts = f"{load.before.alerts:.1f} → {load.after.alerts:.1f} alerts"
    return f"a week, {what}: {alerts}, {load.before.pages:.1f} → {load.after.pages:.1f} pages"
