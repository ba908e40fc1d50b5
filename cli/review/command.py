"""`vedette rules diff`: what a change of rules would have done to past events."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.choices import choice_option
from cli.faults import CommandFailure
from cli.output import print_line
from cli.review.both_sides import replay_both
from cli.review.json_form import write_json
from cli.review.page import write_page
from cli.review.past_events import PastEvents, read_past_events
from cli.review.report import ReviewedSides, ReviewReport, has_budget, make_report
from cli.review.sides import read_side
from cli.review.text import write_markdown, write_text
from cli.rule_set import RulesFolder
from schemas.alert import Alert, Level
from services.matcher.domain.review.review import compare_replays, plan_review
from services.notifier.adapters.routes_file import InvalidRoutes, read_routes
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.routing.receiver_names import ALL_RECEIVERS, PAGERS
from services.notifier.domain.routing.tree import Route, find_routes
from services.notifier.domain.stages import find_refusal
from services.notifier.domain.traits import ReceiverTraits

FAILED = 1


class ReviewFormat(StrEnum):
    """For a terminal, a comment, a program, or a browser."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


def diff(  # noqa: PLR0913  (typer makes an option of each)
    base: Annotated[str, typer.Argument(help="A folder, or a revision of git.")],
    head: Annotated[
        str | None, typer.Argument(help="The same; default the folder of --rules as it is.")
    ] = None,
    *,
    events: PastEvents,
    folder: RulesFolder = Path("rules"),
    routes: Annotated[
        Path | None, typer.Option(help="Routes, which say what pages; default: critical pages.")
    ] = None,
    output: Annotated[ReviewFormat, choice_option(ReviewFormat, "--format")] = ReviewFormat.TEXT,
) -> None:
    """Print which alerts of past events change from BASE to HEAD: gained, lost, moved, raised.

    Only rules that may alert differently are evaluated, unless a pack has a `budget`. Exit code 1
    if the rules of HEAD cost more pages or alerts a week than that; a rule with `over_budget: WHY`
    does not count.
    """
    sides = ReviewedSides(
        base, head or str(folder), read_side(base, folder), read_side(head or str(folder), folder)
    )
    past, _ = read_past_events(events)
    plan = plan_review(sides.base, sides.head, all_rules=has_budget(sides.head))
    review = compare_replays(plan, *replay_both(plan, past), past)
    report = make_report(sides, review, read_pages(routes))
    _print_report(report, output)
    if report.excess:
        raise typer.Exit(FAILED)


def read_pages(routes: Path | None) -> Callable[[Alert], bool]:
    """Whether some pager takes an alert by these routes, at whatever hour.

    Raises:
        CommandFailure: the file has faults.
    """
    if routes is None:
        return lambda alert: alert.level is Level.CRITICAL
    try:
        root = read_routes(routes, ALL_RECEIVERS).root
    except InvalidRoutes as error:
        raise CommandFailure(str(error)) from error
    return lambda alert: any(
        _takes(route, alert) for route in find_routes(root, label_alert(alert))
    )


def _takes(route: Route, alert: Alert) -> bool:
    """Whether the route leads to a pager that takes such alerts."""
    if route.receiver not in PAGERS:
        return False
    traits = ReceiverTraits.of_pager(route.receiver)
    return find_refusal(alert, traits, takes_suspected=route.takes_suspected) is None


def _print_report(report: ReviewReport, output: ReviewFormat) -> None:
    match output:
        case ReviewFormat.TEXT:
            lines = list(write_text(report))
        case ReviewFormat.MARKDOWN:
            lines = list(write_markdown(report))
        case ReviewFormat.JSON:
            lines = write_json(report).splitlines()
        case ReviewFormat.HTML:
            lines = write_page(report).splitlines()
    for line in lines:
        print_line(line)
