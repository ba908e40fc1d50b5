from datetime import UTC, datetime

import pytest

from services.ingest.domain.fetching.failure import FetchFailed
from services.ingest.domain.fetching.retry_after import read_retry_after
from services.ingest.domain.fetching.target import follow, read_target

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://News.Example./rss", "news.example", 443),
        ("http://news.example:8080/rss", "news.example", 8080),
        ("http://[2001:db8::1]/", "2001:db8::1", 80),
    ],
)
def test_a_target_has_its_host_and_port(url: str, host: str, port: int) -> None:
    target = read_target(url)

    assert (target.host, target.port) == (host, port)


@pytest.mark.parametrize(
    "url", ["", "ftp://a/", "http:///x", "http://a:99999/", "http://a:b@c/", "/x", "http://[::1"]
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(FetchFailed):
        read_target(url)


def test_a_redirect_may_lead_to_https_and_not_back() -> None:
    plain, secure = read_target("http://a.example/x/y"), read_target("https://a.example/")

    assert follow(plain, "z").url == "http://a.example/x/z"
    assert follow(plain, "https://a.example/").scheme == "https"
    with pytest.raises(FetchFailed, match="https to http"):
        follow(secure, "http://a.example/")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 5 ", 5),
        ("99999999999999", 86400),
        ("Thu, 26 Nov 2026 12:01:00 GMT", 60),
        ("Thu, 26 Nov 2026 11:00:00 GMT", 0),
        ("Thu, 26 Nov 2126 11:00:00 GMT", 86400),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(
    header: str | None, seconds: float | None
) -> None:
    assert read_retry_after(header, NOON) == seconds
