import pytest

from services.notifier.adapters.interactions.reply import ReplySender
from tests.notifier.interactions.presses import REPLY

API = "http://127.0.0.1:9999/api/"

ALLOWED = [REPLY, "http://127.0.0.1:9999/actions/T1/2/x-_y"]
REFUSED = [
    "",
    "https://hooks.slack.com",
    "http://hooks.slack.com/actions/T1",
    "https://hooks.slack.com:8080/actions",
    "https://hooks.slack.com@evil.example/actions",
    "https://hooks.slack.com.evil.example/actions",
    "https://hooks.slack.com\\@evil.example/actions",
    "https://hooks.slack.com/../x",
    "https://hooks.slack.com/actions?x=1",
    "https://hooks.slack.com/actions\n",
    "https://evil.example/https://hooks.slack.com/actions",
    "http://127.0.0.1:99990/actions",
    "http://127.0.0.1:9998/actions",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("url", ALLOWED)
def test_slack_may_be_called(url: str) -> None:
    assert ReplySender(API).may_call(url)


@pytest.mark.parametrize("url", REFUSED)
def test_nobody_else_may_be_called(url: str) -> None:
    assert not ReplySender(API).may_call(url)
