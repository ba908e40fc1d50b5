"""What capitals tell in some language, kept where texts fold to lower case."""

from functools import reduce

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.writing import RewriteText


def _join(first: RewriteText, second: RewriteText) -> RewriteText:
    return lambda text: second(first(text))


_MARKS = [language.writing.mark_capitals for language in LANGUAGES.values()]

mark_capitals: RewriteText = reduce(_join, filter(None, _MARKS)) if any(_MARKS) else str
"""The text as all languages mark it: of the same length. A marked text is marked already."""
