import json
from pathlib import Path

from cli.stack.sample import sample_event

RULE = """
title: Rockets
name: rockets
tests:
  - name: two reports
    events: [{at: 0d, text: a}, {at: 1d, text: b}]
    expect: [{fires: rockets, at: 1d}]
  - name: one report
    events: [{at: 0d, source: a, text: Rockets fell on the camp., country: XX}]
    expect: [{fires: rockets, at: 0d}]
  - name: no report
    events: [{at: 0d, text: x}]
    expect: silent
---
title: A second document without cases
"""


def test_a_case_that_fires_on_one_event_gives_the_sample(tmp_path: Path) -> None:
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "rockets.yaml").write_text(RULE)

    sample = json.loads(sample_event(tmp_path))

    assert sample == {"source": "me", "text": "Rockets fell on the camp.", "country": "XX"}


def test_a_pack_that_cannot_be_read_gives_an_event_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "broken.yaml").write_text("title: [")

    sample = json.loads(sample_event(tmp_path))

    assert sample["source"] == "me"
