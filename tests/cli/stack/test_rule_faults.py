"""What is said at the start of rules that are left out."""

import httpx
import pytest

from cli.stack.rule_faults import read_rule_faults

FAULTS = "a.yaml:6: detection: x\nb.yaml:1: is empty"


def ask(response: httpx.Response) -> list[str]:
    with httpx.Client(transport=httpx.MockTransport(lambda _request: response)) as client:
        return read_rule_faults(client, "http://matcher")


def test_each_fault_of_the_rules_is_a_line() -> None:
    answer = {"status": "ready", "notes": {"rules": FAULTS, "clock": "x"}}

    assert ask(httpx.Response(200, json=answer)) == FAULTS.splitlines()


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, json={"status": "ready"}),
        httpx.Response(200, json=[]),
        httpx.Response(502, text="<html>"),
    ],
    ids=["no fault", "no answer of ours", "a page"],
)
def test_without_a_note_nothing_is_said(response: httpx.Response) -> None:
    assert ask(response) == []


def test_a_matcher_that_is_away_says_nothing() -> None:
    with httpx.Client(trust_env=False) as client:
        assert read_rule_faults(client, "http://127.0.0.1:9") == []
