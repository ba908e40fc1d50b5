"""`python -m tests.slack_pictures`: alerts as Slack shows them, by a browser, as PNGs."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.slack_pictures.page import frame_page
from tests.slack_pictures.pictures import GOLDEN, PICTURES, draw_picture
from tests.slack_pictures.png import FOLDER, NoBrowser, photograph, save_png


def main() -> int:
    """Write the page and the PNG of each message; 1 where there is no browser."""
    try:
        for name in PICTURES:
            drawn = draw_picture(name)
            page = frame_page(drawn)
            (GOLDEN / f"{name}.html").write_text(drawn)
            with tempfile.TemporaryDirectory() as folder:
                save_png(photograph(page, Path(folder)), page, FOLDER / f"slack-{name}.png")
    except (NoBrowser, subprocess.SubprocessError) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
