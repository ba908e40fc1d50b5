import json
from collections.abc import Callable

import httpx
import pytest

from cli.faults import CommandFailure
from cli.posting import IngestClient, Line, number_lines, split_lines

ACCEPTED = {"id": "1", "source": "reuters", "status": "accepted"}
BROKEN = {"status": "refused", "errors": [{"message": "line 1 column 2: no JSON"}]}
REFUSED = {
    "id": "2",
    "source": "reuters",
    "status": "refused",
    "errors": [{"field": "lat", "message": "too far north"}],
}
Handler = Callable[[httpx.Request], httpx.Response]


def line(number: int, text: str = "{}") -> Line:
    return Line(number, text.encode())


def ingest(handler: Handler, *, token: str | None = None) -> IngestClient:
    return IngestClient(
        "http://ingest", token, pause=lambda _: None, transport=httpx.MockTransport(handler)
    )


def answer(status: int, *results: object, error: str | None = None) -> httpx.Response:
    return httpx.Response(status, json={"error": error, "results": list(results)})


def test_empty_lines_count_but_are_not_posted() -> None:
    lines = list(number_lines([b"{}", b"", b"  ", b'{"a": 1}\r']))

    assert lines == [line(1), line(4, '{"a": 1}')]


def test_lines_travel_together_up_to_a_bound() -> None:
    lines = [line(number) for number in range(1, 6)]

    chunks = list(split_lines(lines, most=2))

    assert [[line.number for line in chunk] for chunk in chunks] == [[1, 2], [3, 4], [5]]


def test_a_large_line_travels_alone() -> None:
    large = line(1, "x" * (512 * 1024))

    chunks = list(split_lines([large, line(2)]))

    assert [len(chunk) for chunk in chunks] == [1, 1]


def test_each_line_gets_its_own_result() -> None:
    with ingest(lambda _: answer(202, ACCEPTED, REFUSED)) as running:
        posted = running.post([line(3), line(4)])

    assert [(result.line.number, result.fault) for result in posted] == [
        (3, None),
        (4, "lat: too far north"),
    ]


def test_a_broken_line_is_named_by_its_line_of_the_file_alone() -> None:
    with ingest(lambda _: answer(202, BROKEN, ACCEPTED)) as running:
        posted = running.post([line(7), line(8)])

    assert posted[0].fault == "column 2: no JSON"


def test_the_token_goes_with_every_post() -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return answer(202, ACCEPTED)

    with ingest(handler, token="t0ken") as running:  # noqa: S106  (a made-up token)
        running.post([line(1)])

    assert seen == ["Bearer t0ken"]


def test_a_request_refused_as_a_whole_is_posted_line_by_line() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        broken = [raw for raw in request.content.split(b"\n") if not raw.endswith(b"}")]
        return answer(400, error="line 1 column 2: no JSON") if broken else answer(202, ACCEPTED)

    with ingest(handler) as running:
        posted = running.post([line(1), line(2, "{oops"), line(3)])

    assert [result.fault for result in posted] == [None, "column 2: no JSON", None]


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_ingest_is_asked_again_after_the_time_that_it_names(status: int) -> None:
    answers = [httpx.Response(status, headers={"Retry-After": "7"}), answer(202, ACCEPTED)]
    waits: list[float] = []
    running = ingest(lambda _: answers.pop(0))
    running.pause = waits.append

    posted = running.post([line(1)])

    assert (posted[0].fault, waits) == (None, [7.0])


def test_an_ingest_that_stays_busy_is_given_up_in_one_line() -> None:
    with (
        ingest(lambda _: answer(503, error="Kafka is away")) as running,
        pytest.raises(CommandFailure, match="is busy: Kafka is away"),
    ):
        running.post([line(1)])


def test_a_refused_token_stops_the_replay() -> None:
    with (
        ingest(lambda _: answer(401, error="unknown token")) as running,
        pytest.raises(CommandFailure, match="answers 401: unknown token"),
    ):
        running.post([line(1)])


def test_what_is_no_ingest_is_said_to_be_none() -> None:
    with (
        ingest(lambda _: httpx.Response(404, text="<html>")) as running,
        pytest.raises(CommandFailure, match="answers 404: Not Found"),
    ):
        running.post([line(1)])


def test_nothing_listening_is_one_line() -> None:
    with (
        IngestClient("http://127.0.0.1:1") as running,
        pytest.raises(CommandFailure, match=r"ingest at http://127.0.0.1:1: .*refused; --url"),
    ):
        running.post([line(1, json.dumps({}))])
