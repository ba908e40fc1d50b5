"""A message with its thread as a page of a Slack client; self-contained, nothing is loaded."""

from collections.abc import Iterator

from tests.slack_pictures.block_kit import draw_blocks, draw_mrkdwn
from tests.slack_pictures.channel import SlackMessage

STYLE = """
body { margin: 0; padding: 16px 20px; background: #fff; color: #1d1c1d;
  font: 15px/1.46668 Lato, 'Noto Sans', 'Noto Sans Arabic', 'Noto Color Emoji', sans-serif; }
.message { display: grid; grid-template-columns: 36px 1fr; column-gap: 8px; margin: 0 0 8px; }
.avatar { width: 36px; height: 36px; border-radius: 4px; background: #1264a3; color: #fff;
  font: 900 20px/36px Lato, sans-serif; text-align: center; }
.name { font-weight: 900; }
.app { background: #e8e8e8; color: #616061; border-radius: 2px; padding: 0 3px; font-size: 10px; }
.time, .edited, .context, .note { color: #616061; font-size: 12px; font-weight: 400; }
.header { margin: 8px 0 4px; font-size: 18px; font-weight: 900; line-height: 1.33; }
.section { margin: 4px 0; }
blockquote { margin: 4px 0; padding-left: 12px; border-left: 4px solid #ddd; }
code { color: #c01343; background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px;
  padding: 1px 3px; font: 12px/1.5 'DejaVu Sans Mono', monospace; }
a { color: #1264a3; text-decoration: none; }
button { margin: 4px 4px 4px 0; padding: 0 10px; height: 28px; background: #fff; color: #1d1c1d;
  border: 1px solid #bbb; border-radius: 4px; font: 900 13px Lato, sans-serif; }
.thread { margin: 8px 0 0 44px; border-top: 1px solid #ddd; padding-top: 8px; }
.thread .avatar { width: 24px; height: 24px; font-size: 14px; line-height: 24px; }
.thread .message { grid-template-columns: 24px 1fr; }
"""


def frame_page(body: str) -> str:
    """The page of messages as `draw_message` draws them."""
    head = f'<meta charset="utf-8"><title>Slack</title><style>{STYLE}</style>'
    return f"<!doctype html>\n<html><head>{head}</head>\n<body>\n{body}</body></html>\n"


def draw_message(message: SlackMessage) -> str:
    """The message, and below it its thread."""
    body = message.body
    drawn = draw_blocks(body["blocks"]) or f'<div class="section">{draw_mrkdwn(body["text"])}</div>'
    lines = [*_draw_head(message), drawn, "</div></div>", *_draw_thread(message)]
    return "\n".join(lines)


def _draw_head(message: SlackMessage) -> Iterator[str]:
    yield '<div class="message"><div class="avatar">V</div><div>'
    time = f'<span class="time">{message.at:%H:%M}</span>'
    edited = ' <span class="edited">(edited)</span>' if message.is_edited else ""
    yield f'<span class="name">Vedette</span> <span class="app">APP</span> {time}{edited}'
    if message.is_broadcast:
        yield '<div class="note">also sent to the channel</div>'


def _draw_thread(message: SlackMessage) -> Iterator[str]:
    if not message.replies:
        return
    count = len(message.replies)
    replies = "replies" if count > 1 else "reply"
    yield f'<div class="thread"><div class="note">{count} {replies}</div>'
    yield from map(draw_message, message.replies)
    yield "</div>"
