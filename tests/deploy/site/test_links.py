"""A page of the site links to pages; of files of the repository it has the path."""

import pytest

from deploy.site.links import keep_links_within


@pytest.mark.parametrize(
    ("page", "link", "kept"),
    [
        ("api.md", "[rules](says.md#parts)", "[rules](says.md#parts)"),
        ("sources/http.md", "[all](../api.md)", "[all](../api.md)"),
        ("api.md", "[README](../README.md)", "README (`README.md`)"),
        ("sources/http.md", "[tokens](../../notify/a.yaml)", "tokens (`notify/a.yaml`)"),
        ("api.md", "[`notify/a.yaml`](../notify/a.yaml)", "`notify/a.yaml`"),
        ("api.md", "[the API](https://example.org/../a)", "[the API](https://example.org/../a)"),
        ("api.md", "![picture](../a.png)", "![picture](../a.png)"),
    ],
)
def test_links_out_of_the_documentation_become_paths(page: str, link: str, kept: str) -> None:
    assert keep_links_within(f"See {link}.", page) == f"See {kept}."
