"""The oracle and the engine, which know nothing of each other, agree where nothing goes wrong."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.rules import app
from tests.chaos.dice import dice
from tests.chaos.load import LoadProfile, bundles
from tests.chaos.material import report
from tests.chaos.oracle import FIRING, AlertKey, foretell
from tests.chaos.pack import Terms, write_rules
from tests.chaos.receivers import mark_in
from tests.chaos.record import Accepted

START = 1_800_000_000.0
PACE = LoadProfile(rate=20, stories=1, seconds=120)


def told(seed: int) -> tuple[list[Accepted], list[dict[str, object]]]:
    chance = dice("load", seed)
    accepted: list[Accepted] = []
    bodies: list[dict[str, object]] = []
    for at, parts in bundles(PACE, chance):
        for part in parts:
            identity, when = f"r-{len(bodies)}", START + at
            time = f"2027-01-15T08:{int(at) // 60:02}:{at % 60:06.3f}Z"
            bodies.append(report(identity, part, time, chance) | {"source": "wire"})
            if part is not None:
                accepted.append(Accepted(identity, part, when, when))
    return accepted, bodies


@pytest.mark.parametrize("edition", [0, 3])
def test_every_edition_of_the_pack_may_be_published(tmp_path: Path, edition: int) -> None:
    pack = write_rules(tmp_path, Terms(), edition=edition)

    for command in ("check", "test"):
        result = CliRunner().invoke(app, [command, "--rules", str(pack)])
        assert result.exit_code == 0, result.output


def test_the_engine_alerts_as_the_oracle_foretells(tmp_path: Path) -> None:
    accepted, bodies = told(seed=5)
    pack = write_rules(tmp_path, Terms())
    later = {
        "id": "end",
        "source": "wire",
        "text": "nothing",
        "occurred_at": "2027-01-15T08:30:00Z",
    }
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(json.dumps(body) for body in [*bodies, later]))

    result = CliRunner().invoke(app, ["backtest", "--rules", str(pack), "--events", str(file)])

    alerts = [json.loads(line) for line in result.stdout.splitlines()]
    expected = foretell(accepted, Terms()).expected
    assert len(expected) > 40
    assert {_marked(one): one["status"] == FIRING for one in alerts} == {
        mark: one.end == FIRING for mark, one in expected.items()
    }


def _marked(alert: dict[str, str]) -> AlertKey | None:
    return mark_in(alert["summary"])
