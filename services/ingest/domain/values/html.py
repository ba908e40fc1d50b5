"""HTML → the words that a reader of the page sees."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from services.ingest.domain.values.texts import clean_text

LARGEST_PIECE = 32 * 1024
"""Characters that are parsed at once: what nesting costs is quadratic in them."""

_MARGIN = "."
_INVISIBLE = ("script", "style", "noscript", "template", "iframe", "object", "head", "svg", "math")
_BLOCKS = (
    *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption"),
    *("figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"),
    *("nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"),
)
_BLOCK = re.compile(rf"</?(?:{'|'.join(_BLOCKS)})(?:[\s/][^<>]*)?>", re.IGNORECASE)
_OPENING = re.compile(rf"<({'|'.join(_INVISIBLE)}|!--)", re.IGNORECASE)
_MARKUP = re.compile(
    r"<!--|</?[a-z][a-z0-9]*(?:[\s/][^<>]*)?>|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});"
)


def looks_like_html(text: str) -> bool:
    """Whether a tag or a character reference is in it."""
    return ("<" in text or "&" in text) and _MARKUP.search(text.lower()) is not None


def read_html(markup: str) -> str:
    """The words of a fragment, blocks on lines of their own; without scripts and styles.

    Linear in its length. Text without markup stays as it is, but for `clean_text`.
    """
    if not looks_like_html(markup):
        return clean_text(markup)
    text = "".join(_read_piece(piece) for piece in _split(_drop_invisible(markup)))
    # feeds exist that escape twice
    if looks_like_html(text) and len(text) <= LARGEST_PIECE and "<" not in markup:
        text = _read_piece(text)
    return clean_text(text)


def _drop_invisible(markup: str) -> str:
    """The markup without invisible elements; one that is not closed takes the rest with it."""
    kept: list[str] = []
    at, lowered = 0, markup.lower()
    if len(lowered) != len(markup):  # a letter that is two in lower case
        lowered = markup
    while (opening := _OPENING.search(lowered, at)) is not None:
        kept.append(markup[at : opening.start()])
        closing = "-->" if opening[1] == "!--" else f"</{opening[1]}"
        end = lowered.find(closing, opening.end())
        if end < 0:
            return "".join(kept)
        at = lowered.find(">", end) + 1
        if not at:
            return "".join(kept)
    return "".join((*kept, markup[at:]))


def _split(markup: str) -> Iterator[str]:
    """Pieces of bounded length, cut before a tag or else at a space."""
    start = 0
    while len(markup) - start > LARGEST_PIECE:
        end = start + LARGEST_PIECE
        cut = markup.rfind("<", start + 1, end)
        cut = cut if cut > 0 else markup.rfind(" ", start + 1, end) + 1
        cut = cut if cut > start else end
        yield markup[start:cut]
        start = cut
    yield markup[start:]


def _read_piece(markup: str) -> str:
    # the parser takes no surrogates, and drops white space that nothing stands before
    broken = (_MARGIN + _BLOCK.sub("\n", markup)).encode("utf-8", "replace")
    return LexborHTMLParser(broken).text().removeprefix(_MARGIN)
