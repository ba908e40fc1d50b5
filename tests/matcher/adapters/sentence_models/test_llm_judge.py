"""The language model as a judge: its answers count only as they were asked for."""

import json
from collections.abc import Iterator

import httpx
import pytest

from services.matcher.adapters.sentence_models.llm_client import LlmAddress, LlmClient, NoAnswer
from services.matcher.adapters.sentence_models.llm_judge import LlmJudge
from services.matcher.domain.reader.ports import MeaningQuestion
from tests.fakes import SteppedClock
from tests.standins.language_model import LanguageModelStandIn, ModelReply, judging, saying

QUESTION = MeaningQuestion(
    "A base comes under fire", ("They shelled it.",), "Badr  pounded the base at night."
)
YES = judging(means=True, quote="pounded the base")
SECONDS = 0.3


@pytest.fixture
def model() -> Iterator[LanguageModelStandIn]:
    with LanguageModelStandIn(YES) as model:
        yield model


@pytest.fixture
def client(model: LanguageModelStandIn) -> Iterator[LlmClient]:
    with httpx.Client(trust_env=False) as http:
        yield LlmClient(LlmAddress(model.url, "some-model", "a-key", SECONDS), http)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def judge(client: LlmClient, clock: SteppedClock) -> LlmJudge:
    return LlmJudge(client, per_minute=3, clock=clock)


def another(text: str) -> MeaningQuestion:
    return MeaningQuestion("A base comes under fire", (), text)


def test_it_is_asked_by_the_description_and_the_examples(
    model: LanguageModelStandIn, client: LlmClient
) -> None:
    assert client.ask(QUESTION).means

    (call,) = model.calls
    assert (call["path"], call["model"]) == ("/v1/chat/completions", "some-model")
    assert model.keys == ["Bearer a-key"]
    assert json.loads(call["messages"][1]["content"]) == {
        "description": QUESTION.description,
        "examples": ["They shelled it."],
        "text": QUESTION.text,
    }


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (ModelReply(b"slow down", 429, headers={"Retry-After": "90"}), "too_many_requests"),
        (ModelReply(b"", 500), "status_5xx"),
        (ModelReply(b"", 401), "status_4xx"),
        (ModelReply(b"", 302, headers={"Location": "http://127.0.0.1:1/"}), "status_3xx"),
        (ModelReply(YES.raw, seconds=2 * SECONDS), "timeout"),
        (ModelReply(YES.raw + b" " * 100, seconds=SECONDS / 4, parts=20), "timeout"),
        (ModelReply(b"<html>Sign in</html>"), "not_as_asked"),
        (ModelReply(b"[" * 50_000), "not_as_asked"),
        (ModelReply(b'{"choices": []}'), "not_as_asked"),
        (ModelReply(b" " * 100_000), "too_large"),
        (saying("Yes, it does."), "not_as_asked"),
        (saying('{"means": "yes", "quote": "pounded"}'), "not_as_asked"),
        (judging(means=True, quote="Badr bombed the base"), "quote_not_in_text"),
        (judging(means=True), "quote_not_in_text"),
    ],
)
def test_what_was_not_asked_for_is_no_answer(
    model: LanguageModelStandIn, client: LlmClient, reply: ModelReply, outcome: str
) -> None:
    model.reply = reply
    with pytest.raises(NoAnswer) as caught:
        client.ask(QUESTION)
    assert caught.value.outcome == outcome


def test_an_address_where_nobody_is_gives_no_answer() -> None:
    with httpx.Client(trust_env=False) as http, pytest.raises(NoAnswer, match="unreachable"):
        LlmClient(LlmAddress("http://127.0.0.1:1/v1", "m"), http).ask(QUESTION)


def test_the_white_space_of_a_quote_does_not_matter(
    model: LanguageModelStandIn, client: LlmClient
) -> None:
    model.reply = judging(means=True, quote="Badr pounded\nthe base")
    assert client.ask(QUESTION).means


def test_a_no_needs_no_quote(model: LanguageModelStandIn, judge: LlmJudge) -> None:
    model.reply = judging(means=False)
    assert judge.judge(QUESTION) is False


def test_the_same_text_is_asked_once(model: LanguageModelStandIn, judge: LlmJudge) -> None:
    assert [judge.judge(QUESTION), judge.judge(QUESTION)] == [True, True]
    assert len(model.calls) == 1


def test_past_the_budget_of_a_minute_nothing_is_asked(
    model: LanguageModelStandIn, judge: LlmJudge, clock: SteppedClock
) -> None:
    model.reply = judging(means=False)
    answers = [judge.judge(another(f"text {number}")) for number in range(5)]
    assert answers == [False, False, False, None, None]
    clock.now += 21
    assert judge.judge(another("text 4")) is False


def test_after_a_fault_of_the_address_it_is_left_alone_for_a_while(
    model: LanguageModelStandIn, judge: LlmJudge, clock: SteppedClock
) -> None:
    model.reply = ModelReply(b"", 429, headers={"Retry-After": "90"})
    assert judge.judge(QUESTION) is None
    model.reply = YES
    clock.now += 89
    assert judge.judge(QUESTION) is None
    clock.now += 2
    assert judge.judge(QUESTION) is True


def test_after_an_answer_that_does_not_count_the_next_text_is_asked(
    model: LanguageModelStandIn, judge: LlmJudge
) -> None:
    model.reply = saying("Yes")
    assert judge.judge(QUESTION) is None
    model.reply = YES
    assert judge.judge(QUESTION) is True
