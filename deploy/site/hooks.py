"""What mkdocs calls while it builds the site."""

from pathlib import Path
from typing import Any

from deploy.site.links import keep_links_within
from deploy.site.navigation import make_navigation


def on_config(config: Any, **_named: Any) -> Any:
    """The navigation is that of the documentation's first page."""
    config.nav = make_navigation(Path(config.docs_dir))
    return config


def on_page_markdown(markdown: str, page: Any, **_named: Any) -> str:
    """What a page links of the repository is no page of the site."""
    return keep_links_within(markdown, page.file.src_uri)
