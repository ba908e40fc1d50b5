"""Oracle and engine, which share no code, agree where nothing fails."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.rules import app
from tests.chaos.load import LoadProfile, batches
from tests.chaos.material import report
from tests.chaos.oracle import FIRING, WITHDRAWN, AlertKey, predict
from tests.chaos.pack import PackTiming, write_rules
from tests.chaos.receivers import parse_alert_key
from tests.chaos.record import Accepted
from tests.chaos.seeded import seeded_random

START = 1_800_000_000.0
PROFILE = LoadProfile(rate=20, stories=1, seconds=120)


def make_load(seed: int) -> tuple[list[Accepted], list[dict[str, object]]]:
    rng = seeded_random("load", seed)
    accepted: list[Accepted] = []
    bodies: list[dict[str, object]] = []
    for at, parts in batches(PROFILE, rng):
        for part in parts:
            identity, when = (part and part.name) or f"r-{len(bodies)}", START + at
            time = f"2027-01-15T08:{int(at) // 60:02}:{at % 60:06.3f}Z"
            bodies.append(report(identity, part, time, rng) | {"source": "wire"})
            if part is not None:
                accepted.append(Accepted(identity, part, when, when))
    return accepted, bodies


@pytest.mark.parametrize("version", [0, 3])
def test_every_version_of_the_pack_may_be_published(tmp_path: Path, version: int) -> None:
    pack = write_rules(tmp_path, PackTiming(), version=version)

    for command in ("check", "test"):
        result = CliRunner().invoke(app, [command, "--rules", str(pack)])
        assert result.exit_code == 0, result.output


def test_the_engine_alerts_as_the_oracle_predicts(tmp_path: Path) -> None:
    accepted, bodies = make_load(seed=5)
    pack = write_rules(tmp_path, PackTiming())
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
    prediction = predict(accepted, PackTiming())
    withdrawn = [alert for alert in alerts if alert["status"] == WITHDRAWN]
    standing = [alert for alert in alerts if alert["status"] != WITHDRAWN]
    assert len(prediction.expected) > 40
    assert len(withdrawn) > 10
    assert {_key(alert) for alert in withdrawn} <= prediction.may_be_withdrawn
    assert sorted((_key(alert), alert["status"] == FIRING) for alert in standing) == sorted(
        (key, outcome.end == FIRING) for key, outcome in prediction.expected.items()
    )


def _key(alert: dict[str, str]) -> AlertKey:
    key = parse_alert_key(alert["summary"])
    assert key is not None, alert["summary"]
    return key
