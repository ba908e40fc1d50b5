"""A page as a small PNG, drawn by a browser without a window, that names the page it is of."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from PIL import Image, ImageChops, PngImagePlugin

from tests.parts.child import ROOT

FOLDER = ROOT / "docs" / "pictures"
PAGE_DIGEST = "page-sha256"
"""The text in a PNG that says which page it shows."""
WIDTH, TALLEST, MARGIN, COLOURS = 720, 2400, 16, 128
SCALE = 1.25
SECONDS = 120
FLAGS = (
    "--headless",
    "--no-sandbox",  # it may run as root, and opens nothing but our page
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    f"--force-device-scale-factor={SCALE}",
    f"--window-size={WIDTH},{TALLEST}",
)


class NoBrowser(Exception):
    """There is no browser here; the message says what to run."""


def photograph(page: str, folder: Path) -> Image.Image:
    """The page as the browser shows it, without the empty rest of its window.

    Raises NoBrowser, subprocess.SubprocessError.
    """
    browser = shutil.which("chromium")
    if browser is None:
        raise NoBrowser("chromium is missing: run `make slack-pictures`")
    shown, shot = folder / "page.html", folder / "shot.png"
    shown.write_text(page)
    command = [browser, *FLAGS, f"--screenshot={shot}", f"--user-data-dir={folder}", shown.as_uri()]
    environment = {**os.environ, "HOME": str(folder)}
    subprocess.run(command, check=True, timeout=SECONDS, capture_output=True, env=environment)  # noqa: S603  (our own page)
    with Image.open(shot) as image:
        return _crop(image.convert("RGB"))


def save_png(image: Image.Image, page: str, path: Path) -> None:
    """Write it with few colours, and the digest of its page."""
    info = PngImagePlugin.PngInfo()
    info.add_text(PAGE_DIGEST, digest_page(page))
    image.quantize(COLOURS).save(path, optimize=True, pnginfo=info)


def digest_page(page: str) -> str:
    """What a PNG of the page has as PAGE_DIGEST."""
    return hashlib.sha256(page.encode()).hexdigest()


def _crop(image: Image.Image) -> Image.Image:
    empty = Image.new("RGB", image.size, "white")
    box = ImageChops.difference(image, empty).getbbox()
    if box is None:
        raise subprocess.SubprocessError("the browser drew an empty page")
    return image.crop((0, 0, image.width, min(image.height, box[3] + MARGIN)))
