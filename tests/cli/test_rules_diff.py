"""`vedette rules diff`: what a change of rules would have done, as text, comment, data and page."""

import json
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cli.faults import CommandFailure
from cli.review.command import read_pages
from cli.review.text import escape_markdown
from schemas.alert import Level, RuleRef
from tests.cli.rules_command import run_rules
from tests.matcher.adapters.rules.packs import HEAD, ROCKETS, changed, write_pack
from tests.notifier.alerts import alert

WIDER = changed(ROCKETS, "rocket* hit* ~3", "[rocket* hit* ~3, mortar*]")
EVENTS = [
    {"id": "1", "source": "wire", "occurred_at": "2026-11-20T10:00:00Z", "text": "Rockets hit it."},
    {
        "id": "2",
        "source": "wire",
        "occurred_at": "2026-11-21T10:00:00Z",
        "text": "Mortars <b>fell.",
    },
]


@pytest.fixture
def events(tmp_path: Path) -> str:
    file = tmp_path / "events.jsonl"
    file.write_text("".join(f"{json.dumps(event)}\n" for event in EVENTS), encoding="utf-8")
    return str(file)


def run_diff(*arguments: str) -> tuple[int, str]:
    outcome = run_rules("diff", *arguments)
    return outcome.exit_code, outcome.stdout


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    older = write_pack(tmp_path / "older")
    newer = write_pack(tmp_path / "newer", indicators__rockets=WIDER)
    return str(older), str(newer)


def test_each_alert_that_is_gained_is_told_with_a_line_of_evidence(
    folders: tuple[str, str], events: str
) -> None:
    code, printed = run_diff(*folders, "--events", events)

    assert code == 0
    assert "iraq/rockets: 1 gained, 1 as before" in printed
    assert "+ 2026-11-21 10:00Z high, 1 report, value 1: Rockets at" in printed
    assert "wire: Mortars <b>fell." in printed
    assert "a week, what changes of iraq: 1.0 → 2.0 alerts, 0.0 → 0.0 pages" in printed


def test_the_same_rules_in_another_folder_differ_in_nothing(tmp_path: Path, events: str) -> None:
    sides = [str(write_pack(tmp_path / name)) for name in ("one", "other")]

    code, printed = run_diff(*sides, "--events", events)

    assert (code, printed.splitlines()[1:]) == (0, ["no alert differs"])


def test_a_rule_that_changed_and_alerts_as_before_is_named(tmp_path: Path, events: str) -> None:
    other = changed(ROCKETS, "rocket* hit* ~3", "[rocket* hit* ~3, torpedo*]")
    sides = [
        str(write_pack(tmp_path / "one")),
        str(write_pack(tmp_path / "other", indicators__rockets=other)),
    ]

    assert (
        "changed, and alerting as before: iraq/rockets" in run_diff(*sides, "--events", events)[1]
    )


def test_the_comment_has_a_row_a_rule_and_takes_no_markup_of_reports(
    folders: tuple[str, str], events: str
) -> None:
    _, printed = run_diff(*folders, "--events", events, "--format", "markdown")

    assert "| `iraq/rockets` | 1 |  |  |  |  | 1 |" in printed
    assert r"Mortars \<b\>fell." in printed


def test_markdown_of_others_makes_no_link_mention_or_row() -> None:
    assert escape_markdown("[x](y) @team |") == r"\[x\](y) \@team \|"


def test_as_data_it_has_both_versions_of_each_alert(folders: tuple[str, str], events: str) -> None:
    _, printed = run_diff(*folders, "--events", events, "--format", "json")
    (rule,) = json.loads(printed)["rules"]

    assert (rule["gained"], rule["lost"], rule["unchanged"]) == (1, 0, 1)
    assert rule["changes"][0]["before"] is None
    assert rule["changes"][0]["after"]["starts_at"] == "2026-11-21T10:00:00Z"


def test_the_page_is_whole_by_itself(folders: tuple[str, str], events: str) -> None:
    _, page = run_diff(*folders, "--events", events, "--format", "html")
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)  # type: ignore[method-assign]  # noqa: ARG005  (html.parser is used by overriding)
    parser.feed(page)

    assert tags.count("rect") == 2
    assert not {"script", "img", "link", "iframe"} & set(tags)
    assert "Mortars &lt;b&gt;fell." in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_budget_that_is_passed_fails_unless_the_rule_says_why(
    tmp_path: Path, events: str
) -> None:
    older = str(write_pack(tmp_path / "older"))
    head = HEAD + "    budget: {alerts_per_week: 1}\n"
    newer = write_pack(tmp_path / "newer", indicators__rockets=WIDER, pack=head)
    why = changed(
        WIDER, "level: high\n    alert", "level: high\n    over_budget: asked for\n    alert"
    )
    excused = write_pack(tmp_path / "excused", indicators__rockets=why, pack=head)

    code, printed = run_diff(older, str(newer), "--events", events)

    assert code == 1
    assert "over budget: iraq: alerts_per_week: 2.0 of 1" in printed
    assert run_diff(older, str(excused), "--events", events)[0] == 0


def test_a_revision_of_git_is_a_side(tmp_path: Path, events: str) -> None:
    pack = write_pack(tmp_path / "rules")
    for arguments in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "first"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)  # noqa: S603, S607  (our own)
    write_pack(tmp_path / "rules", indicators__rockets=WIDER)

    _, printed = run_diff("HEAD", "--rules", str(pack), "--events", events)

    assert "iraq/rockets: 1 gained, 1 as before" in printed


def test_a_side_that_is_nothing_is_refused_by_name(tmp_path: Path, events: str) -> None:
    pack = str(write_pack(tmp_path))

    with pytest.raises(CommandFailure, match=r"^no-such: neither a folder nor a revision of git"):
        run_diff("no-such", "--rules", pack, "--events", events)


def test_many_events_are_replayed_beside_each_other_to_the_same_end(
    folders: tuple[str, str], events: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run_diff(*folders, "--events", events)
    monkeypatch.setattr("cli.review.both_sides.FEW_EVENTS", 0)

    assert run_diff(*folders, "--events", events) == alone


@pytest.mark.parametrize("pager", ["pagerduty", "opsgenie"])
def test_what_some_pager_takes_by_the_routes_pages(tmp_path: Path, pager: str) -> None:
    file = tmp_path / "routes.yaml"
    file.write_text(
        "route:\n  receiver: slack\n  routes:\n"
        f"    - {{receiver: {pager}, matchers: ['rule=\"joint_march\"']}}\n"
    )
    pages = read_pages(file)

    assert pages(alert())
    assert not pages(alert(rule=RuleRef(name="other", title="Other", level=Level.CRITICAL)))
    assert not pages(alert(level=Level.MEDIUM))
    assert not pages(alert(exercise=True))
    assert not pages(alert(backfill=True))
    assert not pages(alert(suspected=True))


def test_a_suspicion_pages_by_a_route_that_asks_for_it(tmp_path: Path) -> None:
    file = tmp_path / "routes.yaml"
    below = "{receiver: pagerduty, matchers: ['suspected=\"true\"']}"
    file.write_text(f"route: {{receiver: slack, routes: [{below}]}}")

    assert read_pages(file)(alert(suspected=True))


def test_without_routes_what_is_critical_pages() -> None:
    pages = read_pages(None)

    assert (pages(alert(level=Level.CRITICAL)), pages(alert())) == (True, False)
