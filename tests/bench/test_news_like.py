"""The material of `bench.says` is as dense in words of lists and names as news is."""

from collections.abc import Sequence

import pytest

from bench.news_like import news_like_reports
from bench.news_statistics import LISTED, NAMING, core_index
from bench.reports import tongues
from schemas.event import Event
from services.matcher.domain.text.fold import fold

KNOWN = tongues()
NAMES = ("zubar tamel ko", "ferin doba su")


@pytest.fixture(scope="module", params=[300, 2000])
def made(request: pytest.FixtureRequest) -> tuple[int, list[Event]]:
    length: int = request.param
    reports = news_like_reports(KNOWN, 600, length, NAMES)
    return length, [Event.model_validate_json(raw) for raw in reports]


def _share(events: Sequence[Event], language: str) -> float:
    index, _ = core_index()
    texts = (event.text or "" for event in events if event.language == language)
    words = [word for text in texts for word in fold(text).split()]
    return sum(word in index for word in words) / len(words)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_so_many_of_the_words_are_of_lists(made: tuple[int, list[Event]], language: str) -> None:
    _, events = made

    assert _share(events, language) == pytest.approx(LISTED[language], rel=0.1)


def test_so_many_of_the_reports_name_a_member_and_so_often(made: tuple[int, list[Event]]) -> None:
    length, events = made
    counts = [sum(fold(event.text or "").count(name) for name in NAMES) for event in events]
    naming = [count for count in counts if count]

    assert len(naming) / len(events) == pytest.approx(NAMING[length].reports, abs=0.03)
    assert sum(naming) / len(naming) == pytest.approx(NAMING[length].names, rel=0.25)
