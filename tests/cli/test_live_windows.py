"""`vedette rules explain --matcher`: windows of running matchers, over their admin ports."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from cli.faults import CommandFailure
from tests.cli.rules_command import run_rules
from tests.standins.loopback import LoopbackServer

ANSWER: Mapping[str, Any] = {
    "pack": "iraq-2020",
    "rule": "campaign",
    "partitions": [0, 2],
    "partition_count": 4,
    "groups": 3,
    "windows": [
        {
            "group": {"place": "Taji"},
            "count": 2,
            "distance": "2 of 3, 6 days left",
            "held": [
                {
                    "event": "reuters 2",
                    "at": "2026-11-21T10:00:00Z",
                    "leaves": "2026-11-28T10:00:00Z",
                    "values": ["Badr"],
                }
            ],
        }
    ],
}


@dataclass
class FakeMatcher:
    """Answers with what it has, and notes what it was asked for."""

    status: int = 200
    answer: Mapping[str, Any] = field(default_factory=lambda: ANSWER)
    asked: list[str] = field(default_factory=list)
    url: str = ""


class FakeMatcherHandler(BaseHTTPRequestHandler):
    server: LoopbackServer[FakeMatcher]

    def do_GET(self) -> None:
        matcher = self.server.standin
        matcher.asked.append(self.path)
        self.send_response(matcher.status)
        self.end_headers()
        self.wfile.write(json.dumps(matcher.answer).encode())

    def log_message(self, *_given: object) -> None:
        """Nothing."""


@pytest.fixture
def matcher() -> Iterator[FakeMatcher]:
    matcher = FakeMatcher()
    server = LoopbackServer(matcher, FakeMatcherHandler)
    matcher.url = server.url
    server.start()
    yield matcher
    server.stop()


def run_explain(*arguments: str) -> list[str]:
    outcome = run_rules("explain", *arguments)
    assert outcome.exit_code == 0, outcome.stderr
    return outcome.stdout.splitlines()


def test_it_prints_what_a_window_holds_and_lacks_now(matcher: FakeMatcher) -> None:
    lines = run_explain("iraq-2020/campaign", "--matcher", matcher.url, "--group", "Taji & Balad")

    assert matcher.asked == ["/windows/iraq-2020/campaign?value=Taji+%26+Balad"]
    assert lines[:2] == [
        "campaign [place=Taji]: holds 2; has 2 of 3, 6 days left; does not fire",
        "    2026-11-21 10:00Z reuters 2 Badr, leaves 2026-11-28 10:00Z",
    ]


def test_it_says_what_nobody_was_asked_for(matcher: FakeMatcher) -> None:
    lines = run_explain("iraq-2020/campaign", "--matcher", matcher.url)

    assert lines[2].startswith("and 2 more groups, which changed earlier")
    assert lines[3].startswith("not asked: signals partitions 1, 3 of 4")


def test_a_refusal_is_what_the_matcher_says(matcher: FakeMatcher) -> None:
    matcher.status, matcher.answer = 404, {"detail": "no rule a/b with windows is in force here"}

    with pytest.raises(CommandFailure, match="no rule a/b with windows is in force here"):
        run_explain("a/b", "--matcher", matcher.url)


def test_another_server_is_no_matcher(matcher: FakeMatcher) -> None:
    matcher.answer = {"status": "ok"}

    with pytest.raises(CommandFailure, match="does not answer as a matcher does: --matcher is"):
        run_explain("a/b", "--matcher", matcher.url)
    matcher.status, matcher.answer = 404, {"detail": "Not Found"}
    with pytest.raises(CommandFailure, match="--matcher is the admin port of a matcher"):
        run_explain("a/b", "--matcher", matcher.url)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("campaign", "--matcher", "http://127.0.0.1:1"), "campaign: a matcher asks for PACK/NAME"),
        (("a/b", "--matcher", "http://127.0.0.1:1"), "--matcher is the admin port"),
        (("a/b", "--matcher", "localhost"), "--matcher is the admin port"),
        (("a/b", "--matcher", "http://127.0.0.1:1", "--event", "1"), "leave --event and --events"),
        (("campaign", "--event", "1"), "say --event ID and --events FILE, or --matcher URL"),
    ],
)
def test_what_cannot_be_asked_is_one_line(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandFailure, match=message):
        run_explain(*arguments)
