"""Words of reports as people see them: one line, nothing hidden, reordered or cut in two."""

import re
import unicodedata
from collections.abc import Callable
from itertools import groupby

FSI, PDI = "\u2068", "\u2069"
"""Isolate the text between them: its direction changes nothing around it."""

_LAST_SCRIPT = 0x20000
_MOST_MARKS = 8
"""Combining marks on one character: more only bury the lines around them."""

_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
"""Controls, bidi controls, surrogates, invisible characters; without white space and joiners."""

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISOLATED = re.compile(f"{FSI}([^{FSI}{PDI}]*){PDI}")
_CLOSED = re.compile(f"(?:[^{FSI}{PDI}]|{FSI}[^{FSI}{PDI}]*{PDI})*")
_SPACE = re.compile(r"\s+")


def _list_marks() -> str:
    """The ranges of the combining marks, as in a class of a regular expression."""
    codes = [code for code in range(_LAST_SCRIPT) if unicodedata.category(chr(code))[0] == "M"]
    runs = [
        [code for _, code in run]
        for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])
    ]
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)


_EXTENDING = f"[{_list_marks()}\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
_EXCESS = re.compile(f"({_EXTENDING}{{{_MOST_MARKS}}}){_EXTENDING}+")
_EXTENSION = re.compile(f"{_EXTENDING}{{0,{_MOST_MARKS}}}")
_CLUSTER = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|.)"
    f"(?:{_EXTENDING}|(?<=\u200d)[\u2190-\u2bff\U0001f000-\U0001faff]){{0,16}}",
    re.DOTALL,
)
_MRKDWN = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "*": "\u2217",
        "_": "\uff3f",
        "~": "\u223c",
        "`": "\u02cb",
    }
)
"""Entities; lookalikes for what has none."""


def clean_line(text: str) -> str:
    """The text as one line of visible characters; right-to-left words are isolated.

    Bidi controls are removed, except for the isolates of lines that were cleaned before.
    """
    pieces = _ISOLATED.split(text)
    return _tidy("".join(isolate(drop_hidden(piece)) for piece in pieces)).strip()


def drop_hidden(text: str) -> str:
    """The text without hidden characters and excess marks; white space becomes one space."""
    return _tidy(_HIDDEN.sub("", text))


def isolate(text: str) -> str:
    """The text between FSI and PDI if it holds right-to-left characters."""
    return f"{FSI}{text}{PDI}" if _RIGHT_TO_LEFT.search(text) else text


def closes_isolates(text: str) -> bool:
    """Whether every isolate of the text ends within it, and none lies in another."""
    return _CLOSED.fullmatch(text) is not None


def find_boundary(text: str, position: int) -> int:
    """The first position from `position` on that does not split a character from its marks."""
    extension = _EXTENSION.match(text, position)
    return extension.end() if extension else position


def count_bytes(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text.encode())


def weigh(text: str) -> int:
    """Twice its characters, or its bytes if they are more: the budget of a field is twice 500."""
    return max(2 * len(text), count_bytes(text))


def cut_line(
    text: str,
    longest: int,
    escape: Callable[[str], str] = str,
    measure: Callable[[str], int] = count_bytes,
) -> str:
    """A cleaned line, escaped, or its beginning with an ellipsis, in `longest` bytes at most.

    `measure` counts others than bytes.
    `longest` is at least 6. No entity, character or isolate is split.
    """
    room = longest - measure(f"…{PDI}" if FSI in text else "…")
    kept: list[str] = []
    size = fitting = 0
    for cluster in _CLUSTER.finditer(text):
        kept.append(escape(cluster.group()))
        size += measure(kept[-1])
        if size <= room:
            fitting = len(kept)
        if size > longest:
            beginning = "".join(kept[:fitting])
            return f"{beginning}…{PDI * (beginning.count(FSI) - beginning.count(PDI))}"
    return "".join(kept)


def escape_mrkdwn(text: str) -> str:
    """The text without a meaning in Slack's mrkdwn, which has no escape for its styles."""
    return text.translate(_MRKDWN)


def _tidy(text: str) -> str:
    return _EXCESS.sub(r"\1", _SPACE.sub(" ", text))
