"""`vedette routes`: check a file of routes, and ask which receivers an alert would go to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.choices import choice_option
from cli.faults import CommandFailure
from cli.output import print_line
from schemas.alert import Level
from schemas.time_span import parse_time_span
from services.counts import format_count
from services.notifier.adapters.routes_file import InvalidRoutes, read_routes
from services.notifier.domain.decisions import Reason, RouteAdmission
from services.notifier.domain.route import admit_by
from services.notifier.domain.routing.duration_syntax import format_duration
from services.notifier.domain.routing.inhibition import FiringAlert, InhibitedBy
from services.notifier.domain.routing.inhibition_index import InhibitionIndex
from services.notifier.domain.routing.labels import FLAGS, refuse_label, refuse_value
from services.notifier.domain.routing.matchers import Labels
from services.notifier.domain.routing.receiver_names import ALL_RECEIVERS, ONE_BY_ONE
from services.notifier.domain.routing.tree import NOBODY, Route, Routing, find_routes

FAILED = 1

app = typer.Typer(help="Check routes, and try them.", no_args_is_help=True)

RoutesPath = Annotated[Path, typer.Option("--routes", help="The file of routes.")]
LevelOption = Annotated[Level | None, choice_option(Level, help="The alert's level.")]
RuleOption = Annotated[str | None, typer.Option(help="The name of its rule.")]
LabelOption = Annotated[
    list[str] | None, typer.Option(help="NAME=VALUE of another label, any number of times.")
]
AtOption = Annotated[str | None, typer.Option(help="When, e.g. 2026-11-27T03:00Z; else now.")]
AgeOption = Annotated[str, typer.Option(help="Since it fired last, e.g. 6h.")]
FiringOption = Annotated[
    list[str] | None,
    typer.Option(help="NAME=VALUE,… of another alert that fires, any number of times."),
]
VerifyOption = Annotated[
    str | None, typer.Option(help="A,B: exit code 1 unless just these get it, in this order.")
]


@dataclass(frozen=True, slots=True)
class TakenRoute:
    """A route that an alert would take, and whether it is let through."""

    route: Route
    admission: RouteAdmission
    now: datetime
    inhibited_by: InhibitedBy | None = None

    @property
    def is_sent(self) -> bool:
        """Whether a receiver would get it."""
        is_open = self.admission.is_open and self.inhibited_by is None
        return is_open and self.route.receiver != NOBODY

    def describe_grouping(self) -> str:
        """What it is grouped with, and when it is notified."""
        grouping, receiver = self.route.grouping, self.route.receiver
        if grouping.digest is not None:
            return f"digest, next at {grouping.digest.find_next(self.now):%Y-%m-%d %H:%M}Z"
        return str(replace(grouping, labels=None) if receiver in ONE_BY_ONE else grouping)

    def __str__(self) -> str:
        held = "".join(f": {reason}" for reason in self._list_reasons())
        return f"{self.route.receiver:<12} {self.route}{held}"

    def _list_reasons(self) -> Iterator[str]:
        if self.admission.refusal:
            yield self.admission.refusal
        if self.inhibited_by:
            yield f"{Reason.INHIBITED}, by {self.inhibited_by.place}"
        if self.admission.muted_until:
            yield f"{Reason.MUTED}, until {self.admission.muted_until:%Y-%m-%d %H:%M}Z"


@app.callback()
def routes() -> None:
    """Check routes, and try them."""


@app.command()
def check(file: Path) -> None:
    """Report every fault of the file: FILE:LINE: FIELD: what is wrong. Exit code 1 on a fault.

    A notifier refuses receivers that its environment does not configure, too.
    """
    routing = _read(file)
    counted = [format_count(_count(routing.root), "route")]
    if inhibiting := len(routing.inhibit_rules):
        counted.append(format_count(inhibiting, "inhibit rule"))
    print_line(", ".join([*counted, "no fault"]))


@app.command("test")
def try_routes(  # noqa: PLR0913, PLR0917  (typer makes an option of each)
    routes_file: RoutesPath = Path("notify/routes.yaml"),
    level: LevelOption = None,
    rule: RuleOption = None,
    label: LabelOption = None,
    at: AtOption = None,
    age: AgeOption = "0s",
    firing: FiringOption = None,
    verify_receivers: VerifyOption = None,
) -> None:
    """Print which receivers get an alert, by which route, and why one does not."""
    labels = _read_labels(level, rule, label or ())
    routing = _read(routes_file)
    by = _find_inhibition(routing, labels, firing or ())
    taken = [
        replace(each, inhibited_by=by)
        for each in _take_routes(routing, labels, age, _read_time(at))
    ]
    for line in [*_list_taken(taken), *_list_escalations(routing, labels)]:
        print_line(line)
    receivers = ",".join(dict.fromkeys(each.route.receiver for each in taken if each.is_sent))
    if verify_receivers is not None and verify_receivers != receivers:
        print_line(f"expected {verify_receivers or NOBODY}, not {receivers or NOBODY}", err=True)
        raise typer.Exit(FAILED)


def _read(file: Path) -> Routing:
    try:
        return read_routes(file, ALL_RECEIVERS)
    except InvalidRoutes as error:
        for line in str(error).splitlines():
            print_line(line, err=True)
        raise typer.Exit(FAILED) from None


def _take_routes(routing: Routing, labels: Labels, age: str, now: datetime) -> Iterator[TakenRoute]:
    try:
        span = parse_time_span(age)
    except ValueError as error:
        raise CommandFailure(f"--age: {error}") from None
    for route in find_routes(routing.root, labels):
        yield TakenRoute(route, admit_by(route, span, now), now)


def _list_taken(taken: Sequence[TakenRoute]) -> Iterator[str]:
    for each in taken:
        yield str(each)
        if each.is_sent:
            yield f"{'':<12} {each.describe_grouping()}"


def _find_inhibition(routing: Routing, labels: Labels, others: Sequence[str]) -> InhibitedBy | None:
    firing = [
        FiringAlert(f"--firing {written}", _read_labels(None, None, written.split(",")))
        for written in others
    ]
    index = InhibitionIndex.of(routing.inhibit_rules, firing)
    return index.find(FiringAlert("the alert", labels))


def _list_escalations(routing: Routing, labels: Labels) -> Iterator[str]:
    for escalation in routing.escalations:
        if escalation.applies(labels):
            for step in escalation.steps:
                place = f"{step.receiver:<12} {escalation.place}"
                yield f"{place}: if nobody acknowledges it for {format_duration(step.after)}"


def _read_labels(level: Level | None, rule: str | None, others: Sequence[str]) -> Labels:
    labels = dict.fromkeys(FLAGS, ("false",))
    if level is not None:
        labels["level"] = (str(level),)
    if rule is not None:
        labels["rule"] = (rule,)
    for written in others:
        name, equals, value = written.partition("=")
        if not equals:
            raise CommandFailure(f"--label {written}: write NAME=VALUE, e.g. group_country=IQ")
        try:
            refuse_label(name)
            refuse_value(name, value)
        except ValueError as error:
            raise CommandFailure(f"--label {written}: {error}") from None
        labels[name] = (value,)
    return labels


def _read_time(written: str | None) -> datetime:
    if written is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise CommandFailure(f"--at {written}: write a time such as 2026-11-27T03:00Z") from None
    if moment.tzinfo is None:
        raise CommandFailure(f"--at {written}: its offset is missing: 2026-11-27T03:00Z")
    return moment.astimezone(UTC)


def _count(route: Route) -> int:
    return 1 + sum(map(_count, route.routes))
