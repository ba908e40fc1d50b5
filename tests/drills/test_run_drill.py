"""A drill passes, fails with what it did not see, or is not tried."""

from pathlib import Path

import pytest

from tests.drills.__main__ import DRILLS, FAILED, NOT_TRIED, PASSED, run_drill
from tests.drills.disks import NotTried
from tests.drills.site import DrillFailed, Say, require
from tests.parts.child import ROOT


def _pass(_folder: Path, say: Say) -> None:
    """Nothing is lost."""
    say("all is well")


def _fail(_folder: Path, _say: Say) -> None:
    """Something is lost."""
    require(condition=False, what="told twice")


def _leave_out(_folder: Path, _say: Say) -> None:
    """A disk is full."""
    raise NotTried("no file system can be mounted")


def test_a_drill_says_what_it_is_about_and_that_it_passed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_drill("loss", _pass, tmp_path) == PASSED

    assert [line.split("  ")[-1] for line in capsys.readouterr().out.splitlines()] == [
        "Nothing is lost.",
        "all is well",
        "passed",
    ]


def test_what_was_not_seen_fails_a_drill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_drill("loss", _fail, tmp_path) == FAILED
    assert "FAILED: told twice" in capsys.readouterr().out


def test_what_the_system_cannot_do_is_not_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_drill("disk", _leave_out, tmp_path) == NOT_TRIED
    assert "no file system can be mounted" in capsys.readouterr().out


def test_a_condition_that_holds_passes() -> None:
    require(condition=True, what="never said")
    with pytest.raises(DrillFailed):
        require(condition="", what="said")


def test_the_page_names_every_drill() -> None:
    page = (ROOT / "docs" / "operations" / "recovering.md").read_text(encoding="utf-8")

    assert [name for name in DRILLS if f"`{name}`" not in page] == []
