"""Block Kit and mrkdwn as HTML."""

from typing import Any

import pytest

from tests.slack_pictures.block_kit import draw_blocks, draw_mrkdwn


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def rich(kind: str, *elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


@pytest.mark.parametrize(
    ("block", "drawn"),
    [
        ({"type": "header", "text": plain("a & b")}, '<h3 class="header">a &amp; b</h3>'),
        ({"type": "context", "elements": [plain("x")]}, '<div class="context">x</div>'),
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": "*a* &lt;b&gt;"}},
            '<div class="section"><b>a</b> &lt;b&gt;</div>',
        ),
        (
            {"type": "actions", "elements": [{"type": "button", "text": plain("Noise")}]},
            '<div class="actions"><button>Noise</button></div>',
        ),
        (
            rich("rich_text_section", {"type": "text", "text": "DO", "style": {"code": True}}),
            '<div class="section"><code>DO</code></div>',
        ),
        (
            rich(
                "rich_text_quote", {"type": "text", "text": "*no* <b>\nx", "style": {"bold": True}}
            ),
            "<blockquote><b>*no* &lt;b&gt;<br>x</b></blockquote>",
        ),
        (
            rich("rich_text_section", {"type": "link", "url": 'https://x.org/?a="', "text": "<t>"}),
            '<div class="section"><a href="https://x.org/?a=&quot;">&lt;t&gt;</a></div>',
        ),
    ],
    ids=["header", "context", "mrkdwn", "button", "code", "quote", "link"],
)
def test_a_block_is_drawn(block: dict[str, Any], drawn: str) -> None:
    assert draw_blocks([block]) == drawn


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image"},
        {"type": "header", "text": {"type": "html", "text": "x"}},
        rich("rich_text_list"),
        rich("rich_text_section", {"type": "emoji", "name": "x"}),
        rich("rich_text_section", {"type": "text", "text": "x", "style": {"unlink": True}}),
    ],
    ids=["block", "text", "part", "element", "style"],
)
def test_what_is_not_drawn_is_an_error(block: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        draw_blocks([block])


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("*bold* _it_ ~gone~ `x`", "<b>bold</b> <i>it</i> <s>gone</s> <code>x</code>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("<https://x.org/a|A &amp; B>", '<a href="https://x.org/a">A &amp; B</a>'),
        ("<https://x.org>", '<a href="https://x.org">https://x.org</a>'),
        ("&lt;b&gt; &amp;\nnext", "&lt;b&gt; &amp;<br>next"),
    ],
    ids=["styles", "inside words", "named link", "link", "characters"],
)
def test_mrkdwn_is_drawn_as_slack_reads_it(text: str, drawn: str) -> None:
    assert draw_mrkdwn(text) == drawn
