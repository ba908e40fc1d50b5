"""The doctor's look at rules: what is in force, and whether a folder says the same."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from cli.doctor.check_result import CheckResult, good, note
from cli.source_rhythms import keep_rhythms
from schemas.bundle import RuleBundle


def examine_rules(
    number: int | None, bundle: RuleBundle | None, files: Mapping[str, str], folder: Path | None
) -> Iterator[CheckResult]:
    """The bundle in force beside the `files` of a folder, which may be none."""
    if bundle is None or number is None:
        yield note("rules", "nothing is published", "vedette rules publish; until then the folder")
        return
    yield good("rules", f"bundle {number} of {bundle.published_at:%Y-%m-%d %H:%M}Z is in force")
    if folder is not None and keep_rhythms(files, bundle.files) != bundle.files:
        remedy = f"vedette rules publish --rules {folder} --dry-run"
        yield note("rules", f"{folder} differs from what is in force", remedy)
