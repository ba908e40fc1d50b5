"""`python -m tests.slack_pictures.record`: the alerts of the pictures, anew from a real timeline.

Needs what `vedette reader` needs, since one of them is only suspected.
"""

from pathlib import Path

from cli.reader import open_reader, suspect_all
from cli.rule_set import read_folder
from services.matcher.domain.backtest.replay import replay
from tests.parts.child import ROOT
from tests.parts.pack_timeline import read_events
from tests.slack_pictures.channel import ALERTS
from tests.slack_pictures.pictures import MARCH

PACK = ROOT / "rules" / "iraq-2020"
FIRST, LAST = "2020-01-14T14:00", "2020-01-14T19:59"
"""The hours of the group."""
ALONE = {"iranian_missile_strike": (1,), "mdcoa-1": (1, 2), "militia_coordination": (1,)}
"""The others, and the revisions of each."""


def record_alerts(path: Path) -> None:
    """Write the revisions as JSON lines, in the order in which they were made."""
    files, past = read_folder(PACK), read_events(PACK)
    rulebook, _ = files.rulebook()
    suspected = suspect_all(open_reader(files, rulebook), rulebook, past)
    revisions = replay(rulebook, past, suspected).alerts
    chosen = [
        alert.model_dump_json(exclude_defaults=True)
        for alert in revisions
        if alert.revision in ALONE.get(alert.rule.name, ())
        or (alert.rule.name in MARCH and FIRST <= alert.updated_at.isoformat() <= LAST)
    ]
    path.write_text("".join(f"{line}\n" for line in chosen))


if __name__ == "__main__":
    record_alerts(ALERTS)
