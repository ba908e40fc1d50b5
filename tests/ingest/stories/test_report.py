from typing import Any

import pytest

from services.ingest.domain.stories.report import ReportContent
from tests.ingest.stories.wires import WIRE, story_report


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"country": "IQ", "place": "Balad air base", "lat": 34.0, "lon": 44.4, "exercise": True},
        {"quantities": {"rockets": 8, "wounded": 4}},
    ],
    ids=["words", "place", "quantities"],
)
def test_a_content_reads_back_as_it_was_stored(fields: dict[str, Any]) -> None:
    content = story_report("a", **fields).content

    assert ReportContent.decode(content.encode()) == content


@pytest.mark.parametrize(
    ("text", "opens_like"),
    [
        ("Breaking: " + WIRE, True),
        (WIRE[: WIRE.index(" No group")], True),
        (WIRE.replace("Eight", "Nine"), False),
        (WIRE.replace("military said", "army said"), False),
        ("Rockets hit Balad.", False),
    ],
    ids=["prefix", "cut", "another begin", "another end", "no opening"],
)
def test_reports_open_alike_whose_first_sentence_is_one(text: str, *, opens_like: bool) -> None:
    content, other = story_report("a").content, story_report("b", text).content

    assert content.opens_like(other) == other.opens_like(content) == opens_like


def test_reports_without_an_opening_do_not_open_alike() -> None:
    content = story_report("a", "Rockets hit Balad.").content

    assert not content.opens_like(content)
