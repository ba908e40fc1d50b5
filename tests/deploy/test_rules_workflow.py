"""Rules by pull request: the steps of both forges, run on a small repository without a forge."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.matcher.adapters.rules.packs import ROCKETS, changed, write_pack

ROOT = Path(__file__).parents[2]
HUB = ROOT / ".github" / "workflows" / "rules.yml"
LAB = ROOT / "deploy" / "ci" / "gitlab-rules.yml"
MARKER = "<!-- vedette rules -->"
EVENT = {
    "id": "1",
    "source": "wire",
    "occurred_at": "2026-11-20T10:00:00Z",
    "text": "Mortars fell on the base.",
}
WIDER = changed(ROCKETS, "rocket* hit* ~3", "[rocket* hit* ~3, mortar*]")
SAYS_ITS_ARGUMENTS = 'echo "$*" >> asked.txt\n'


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _hub_step(job: str, name: str) -> dict[str, Any]:
    [step] = [each for each in _read(HUB)["jobs"][job]["steps"] if each.get("name") == name]
    return dict(step)


def _lab_script(job: str) -> str:
    return "\n".join(line for line in _read(LAB)[job]["script"] if line != "make install")


def _run(folder: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As a forge runs a step: by bash, ended by the first failure."""
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(  # noqa: S603  (the steps of this repository)
        ["bash", "-e", "-o", "pipefail", "-c", script],  # noqa: S607
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _put_command(folder: Path, name: str, script: str) -> None:
    command = folder / name
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    command.chmod(0o755)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is checked out: a pack, our scripts, and a vedette that passes and says nothing."""
    shutil.copytree(ROOT / "deploy" / "ci", tmp_path / "deploy" / "ci")
    write_pack(tmp_path / "rules", "iraq-2020")
    _put_command(tmp_path, ".venv/bin/vedette", SAYS_ITS_ARGUMENTS)
    return tmp_path


def _review(folder: Path, **environment: str) -> tuple[int, str]:
    outcome = _run(folder, "deploy/ci/rules-review main past.jsonl comment.md", **environment)
    return outcome.returncode, (folder / "comment.md").read_text(encoding="utf-8")


def test_the_comment_of_a_changed_rule_has_what_failed_and_then_what_fires(folder: Path) -> None:
    _use_real_vedette(folder)
    (folder / "rules/iraq-2020/timeline.jsonl").write_text(f"{json.dumps(EVENT)}\n")
    _run(folder, "git init -q && git add . && " + _commit("before"))
    wrong = changed(WIDER, "summary: Rockets at Taji", "summary: Rockets at Balad")
    write_pack(folder / "rules", "iraq-2020", indicators__rockets=wrong)
    _run(folder, _commit("mortars too", "-a"))
    step = _hub_step("review", "Review")

    outcome = _run(folder, step["run"], **step["env"])

    comment = (folder / "comment.md").read_text(encoding="utf-8")
    assert outcome.returncode == 1
    assert comment.startswith(f"{MARKER}\n**Failed: test.** Passed: check, diff.\n")
    assert "rockets hit a base" in comment
    assert comment.index("#### test failed") < comment.index("| `iraq-2020/rockets` | 1 |")


def _use_real_vedette(folder: Path) -> None:
    (folder / ".venv/bin/vedette").unlink()
    (folder / ".venv/bin/vedette").symlink_to(Path(sys.executable).parent / "vedette")


def _commit(message: str, *options: str) -> str:
    who = "-c user.name=analyst -c user.email=analyst@example.org"
    return f"git {who} commit -q {' '.join(options)} -m '{message}'"


def test_a_step_that_fails_hides_no_other(folder: Path) -> None:
    (folder / "rules/iraq-2020/labelled").mkdir()
    (folder / "rules/iraq-2020/labelled/timelines.yaml").touch()
    (folder / "rules/iraq-2020/labelled/unseen.jsonl").touch()
    _put_command(folder, ".venv/bin/vedette", 'echo "$2 is wrong"; exit 1\n')

    code, comment = _review(folder)

    assert code == 1
    failed = "check, test, timelines of iraq-2020, score of iraq-2020, diff"
    assert f"**Failed: {failed}.** Passed: none." in comment
    assert comment.count("is wrong") == 5


def test_where_vedette_cannot_run_the_comment_says_so(folder: Path) -> None:
    (folder / ".venv/bin/vedette").write_text("#!/no/such/shell\n", encoding="utf-8")

    code, comment = _review(folder)

    assert code == 1
    assert ".venv/bin/vedette: " in comment


def test_beyond_the_budget_the_comment_begins_with_it(folder: Path) -> None:
    says = 'echo "- over budget: 9 pages a week"; exit 1'
    _put_command(folder, ".venv/bin/vedette", f'[ "$2" = diff ] || exit 0; {says}\n')

    _, comment = _review(folder)

    assert "#### diff failed\n\n    - over budget: 9 pages a week\n" in comment


def test_what_strangers_wrote_stays_code(folder: Path) -> None:
    _put_command(folder, ".venv/bin/vedette", "printf 'x\\n```\\n@team <b>\\n'; exit 1\n")

    _, comment = _review(folder)

    assert "\n    x\n    ```\n    @team <b>\n" in comment


def test_a_long_comment_is_cut_to_the_limit_with_its_folds_closed(folder: Path) -> None:
    lines = 'echo "<details><summary>r</summary>"; seq 1 5000; echo "</details>"'
    _put_command(folder, ".venv/bin/vedette", f'[ "$2" = diff ] || exit 0; {lines}\n')

    code, comment = _review(folder, RULES_REVIEW_BYTES="2000")

    assert code == 0
    assert len(comment.encode()) <= 2000 + 100
    assert comment.count("<details>") == comment.count("</details>") == 1
    assert comment.endswith("more lines are left out)\n")


def test_gitlab_runs_the_same_review(folder: Path) -> None:
    variables = _read(LAB)["rules-review"]["variables"]
    script = _lab_script("rules-review")

    outcome = _run(folder, script, CI_MERGE_REQUEST_DIFF_BASE_SHA="abc", **variables)

    asked = (folder / "asked.txt").read_text()
    assert outcome.returncode == 0
    assert "rules diff abc --rules rules --events rules/iraq-2020/timeline.jsonl" in asked
    assert (folder / "comment.md").read_text().startswith(f"{MARKER}\nPassed: check, test, diff.")


@pytest.mark.parametrize(("found", "method"), [("", "POST"), ("7\n8\n", "PATCH")])
def test_the_one_comment_is_made_once_and_then_replaced(
    folder: Path, found: str, method: str
) -> None:
    says = f'{SAYS_ITS_ARGUMENTS}case "$*" in *--jq*) printf "{found}";; esac\n'
    _put_command(folder, "bin/gh", says)

    outcome = _run(folder, _hub_step("comment", "Comment")["run"], REPOSITORY="o/r", NUMBER="3")

    place = "comments/7" if found else "3/comments"
    written = (folder / "asked.txt").read_text().splitlines()[-1]
    assert outcome.returncode == 0, outcome.stderr
    assert f"--method {method} repos/o/r/issues/{place} --field body=@comment.md" in written


@pytest.mark.parametrize(
    ("notes", "method"), [([], "POST"), ([{"id": 7, "body": f"{MARKER}\nold"}], "PUT")]
)
def test_gitlab_replaces_its_comment_too(
    folder: Path, notes: list[dict[str, object]], method: str
) -> None:
    (folder / "notes.json").write_text(json.dumps([{"id": 1, "body": "a person"}, *notes]))
    says = f'{SAYS_ITS_ARGUMENTS}case "$*" in *per_page*) cat notes.json;; esac\n'
    _put_command(folder, "bin/curl", says)
    forge = {"CI_API_V4_URL": "x", "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_IID": "3"}

    outcome = _run(folder, _lab_script("rules-comment"), RULES_COMMENT_TOKEN="t", **forge)  # noqa: S106

    written = (folder / "asked.txt").read_text().splitlines()[-1]
    assert outcome.returncode == 0, outcome.stderr
    place = "notes/7" if notes else "notes"
    assert f"--request {method} x/projects/1/merge_requests/3/{place} --data" in written


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_publishing_needs_the_broker_by_name(folder: Path, forge: str) -> None:
    publish = _hub_step("publish", "Publish")["run"] if forge == "github" else ""
    script = publish or _lab_script("rules-publish")

    without = _run(folder, script, VEDETTE_KAFKA_BOOTSTRAP_SERVERS="")
    within = _run(folder, script, VEDETTE_KAFKA_BOOTSTRAP_SERVERS="kafka:9092")

    assert without.returncode != 0
    assert "VEDETTE_KAFKA_BOOTSTRAP_SERVERS" in without.stderr
    assert within.returncode == 0
    assert (folder / "asked.txt").read_text() == "rules publish --sources sources\n"


def test_only_the_job_without_code_may_write() -> None:
    workflow = _read(HUB)
    jobs = workflow["jobs"]

    assert workflow["permissions"] == {}
    assert "pull_request_target" not in HUB.read_text(encoding="utf-8")
    writing = [name for name, job in jobs.items() if "write" in job["permissions"].values()]
    assert writing == ["comment"]
    assert not any("checkout" in step.get("uses", "") for step in jobs["comment"]["steps"])


def test_a_fault_is_shown_at_its_line() -> None:
    matchers = json.loads((ROOT / ".github/rules-faults.json").read_text())["problemMatcher"]
    fault, note = (re.compile(each["pattern"][0]["regexp"]) for each in matchers)
    wrong = "rules/iraq/indicators/a.yaml:3: level: unknown"
    remark = "rules/iraq/indicators/a.yaml:3: note: a is costly"

    [(file, line, message)] = fault.findall(wrong)
    assert (file, line, message) == ("rules/iraq/indicators/a.yaml", "3", "level: unknown")
    assert note.findall(remark)
    assert not fault.findall(remark)


def test_each_pack_has_its_owner_as_reviewer() -> None:
    lines = (ROOT / ".github/CODEOWNERS").read_text(encoding="utf-8").splitlines()
    owners = dict(line.split() for line in lines if not line.startswith("#"))

    packs = (ROOT / "rules").glob("*/pack.yaml")
    assert owners == {
        f"/rules/{pack.parent.name}/": f"@vedette/{_read(pack)['owner']}" for pack in packs
    }


@pytest.mark.parametrize("file", [".pre-commit-config.yaml", ".pre-commit-hooks.yaml"])
def test_the_hook_checks_and_tests_each_changed_pack_once(folder: Path, file: str) -> None:
    hooks = _read(ROOT / file)
    [hook] = hooks["repos"][0]["hooks"] if isinstance(hooks, dict) else hooks
    files = ("rules/iraq-2020/pack.yaml", "rules/iraq-2020/indicators/gone.yaml")
    assert all(re.search(hook["files"], each) for each in files)

    outcome = _run(folder, f"{hook['entry']} {' '.join(files)} README.md")

    assert outcome.returncode == 0
    assert (folder / "asked.txt").read_text().splitlines() == [
        "rules fmt --check rules/iraq-2020/pack.yaml",
        *(f"rules {verb} --rules rules/iraq-2020" for verb in ("check", "test")),
    ]


@pytest.mark.parametrize("verb", ["fmt", "check", "test"])
def test_the_hook_fails_where_a_step_does(folder: Path, verb: str) -> None:
    _put_command(folder, ".venv/bin/vedette", f'[ "$2" != {verb} ]\n')

    assert _run(folder, "deploy/ci/rules-changed rules/iraq-2020/pack.yaml").returncode == 1
