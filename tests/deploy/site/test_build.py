"""`make site`: built strictly, and asking nobody else for anything."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
LOADED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"?(https?:)?//[^>]*>")
ICON_OR_SELF = re.compile(r'rel="?(?:canonical|next|prev)')


def test_every_link_is_good_and_nothing_is_loaded_from_elsewhere(tmp_path: Path) -> None:
    built = subprocess.run(  # noqa: S603  (our own arguments)
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert built.returncode == 0, built.stderr
    pages = {page: page.read_text("utf-8") for page in tmp_path.rglob("*.html")}
    loaded = [found[0] for text in pages.values() for found in LOADED.finditer(text)]
    assert len(pages) > 80
    assert [each for each in loaded if not ICON_OR_SELF.search(each)] == []
