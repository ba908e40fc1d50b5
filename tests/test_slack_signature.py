import pytest

from services.slack_signature import is_fresh, is_signed, sign

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105  (the example of Slack's manual)
TIME = "1531420618"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
    b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
    b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
    b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def test_a_signature_is_the_one_of_slacks_manual() -> None:
    assert sign(SECRET, TIME, BODY) == SIGNATURE


FORGED = {
    "another body": (SECRET, TIME, BODY + b"&", SIGNATURE),
    "another time": (SECRET, "1531420619", BODY, SIGNATURE),
    "another secret": ("secret", TIME, BODY, SIGNATURE),
    "another version": (SECRET, TIME, BODY, SIGNATURE.replace("v0", "v1")),
    "no version": (SECRET, TIME, BODY, SIGNATURE.removeprefix("v0=")),
    "cut": (SECRET, TIME, BODY, SIGNATURE[:-1]),
    "none": (SECRET, TIME, BODY, ""),
    "letters of another script": (SECRET, TIME, BODY, "v0=é\ud800"),
}


@pytest.mark.parametrize("given", FORGED.values(), ids=FORGED.keys())
def test_what_is_not_signed_is_not_slacks(given: tuple[str, str, bytes, str]) -> None:
    assert is_signed(SECRET, TIME, BODY, SIGNATURE)
    assert not is_signed(*given)


@pytest.mark.parametrize(
    ("timestamp", "fresh"),
    [
        ("1000", True),
        ("700", True),
        ("699", False),
        ("1300", True),
        ("1301", False),
        ("", False),
        ("1000.0", False),
        ("-1000", False),
        (" 1000", False),
        ("1000\n", False),
        ("1_000", False),
        ("١٠٠٠", False),
        ("9" * 5000, False),
    ],
)
def test_a_request_is_taken_for_five_minutes(timestamp: str, fresh: bool) -> None:
    assert is_fresh(timestamp, 1000.0) is fresh
