"""The pictures of the documentation show what Slack is sent of real alerts.

`make slack-pictures` draws them again.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from PIL import Image

from tests.slack_pictures.channel import SlackMessage
from tests.slack_pictures.page import draw_message, frame_page
from tests.slack_pictures.pictures import GOLDEN, PICTURES, draw_picture, show_picture
from tests.slack_pictures.png import FOLDER, PAGE_DIGEST, digest_page

EACH = pytest.mark.parametrize("name", PICTURES)
LARGEST = 120_000


@EACH
def test_a_picture_is_of_the_message_as_it_is_today(name: str) -> None:
    assert draw_picture(name) == (GOLDEN / f"{name}.html").read_text()


@EACH
def test_its_png_shows_that_page_and_is_small(name: str) -> None:
    page, path = frame_page((GOLDEN / f"{name}.html").read_text()), FOLDER / f"slack-{name}.png"
    with Image.open(path) as image:
        assert image.info[PAGE_DIGEST] == digest_page(page)
    assert path.stat().st_size < LARGEST


@EACH
def test_every_word_that_slack_is_sent_is_drawn_once_in_order(name: str) -> None:
    message = show_picture(name)
    sent = [text for each in (message, *message.replies) for text in list_texts(each)]

    assert read_words(draw_message(message)) == squeeze("".join(sent))


@EACH
def test_no_message_was_in_a_short_form(name: str) -> None:
    assert show_picture(name).body["blocks"]


def test_the_pictures_are_of_each_kind() -> None:
    shown = {name: show_picture(name).body["blocks"][0]["text"]["text"] for name in PICTURES}

    assert "CRITICAL · NEW" in shown["critical"]
    assert "UP: watch → elevated" in shown["hypothesis"]
    assert "SUSPECTED · LOW" in shown["suspected"]
    assert "4 FIRING" in shown["group"]
    assert len(show_picture("group").replies) == 2


def test_a_message_in_its_short_form_is_its_text() -> None:
    short = SlackMessage(show_picture("critical").at, {"text": "a *b*", "blocks": []})

    assert '<div class="section">a <b>b</b></div>' in draw_message(short)


def list_texts(message: SlackMessage) -> Iterator[str]:
    """All that a message shows, by a walk of its own."""
    for block in message.body["blocks"]:
        yield from walk(block)


def walk(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from walk(each)
    elif isinstance(part, dict):
        text = part.get("text")
        yield text if isinstance(text, str) else ""
        yield from walk([text, part.get("elements", [])])


def read_words(html: str) -> str:
    """The words of a page without those of the client: name, time, number of replies."""
    words = re.sub(
        r'<span class="[^"]*">[^<]*</span>|<div class="(avatar|note)">[^<]*</div>', "", html
    )
    return squeeze(unescape(re.sub("<[^>]*>", "", words)))


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
