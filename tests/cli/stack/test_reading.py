"""How far the second reader of a running stack has come."""

import httpx
import pytest

from cli.stack.reading import ReaderProgress

PAGE = """# TYPE vedette_matcher_events counter
vedette_matcher_events_total 7.0
# TYPE vedette_reader_gated counter
vedette_reader_gated_total 90.0
"""


def answering(response: httpx.Response) -> ReaderProgress:
    transport = httpx.MockTransport(lambda _request: response)
    return ReaderProgress("http://reader", httpx.Client(transport=transport))


@pytest.mark.parametrize(("posted", "read"), [(0, True), (7, True), (8, False)])
def test_a_reader_has_read_what_its_metric_counts(posted: int, *, read: bool) -> None:
    with answering(httpx.Response(200, text=PAGE)) as progress:
        assert progress.has_read(posted) is read


def test_a_reader_that_cannot_be_asked_has_read_nothing() -> None:
    with answering(httpx.Response(503)) as progress:
        assert not progress.has_read(0)
    with ReaderProgress.of("http://127.0.0.1:9") as progress:
        assert not progress.has_read(0)
