"""Links of a page to files of the repository, which the site does not have."""

import re
from posixpath import dirname, normpath
from posixpath import join as join_paths

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")


def keep_links_within(markdown: str, page: str) -> str:
    """The page without links out of the documentation: their words stay, with the file's path.

    `page` is its path in the documentation.
    """

    def keep(link: re.Match[str]) -> str:
        text, target = link.groups()
        path = normpath(join_paths(dirname(page), target))
        if "://" in target or not path.startswith("../"):
            return link[0]
        file = path.removeprefix("../")
        return text if file in text else f"{text} (`{file}`)"

    return _LINK.sub(keep, markdown)
