"""The same receivers as Debian's Alertmanager, for random trees and labels."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifier.adapters.routes_file import parse_routes
from services.notifier.domain.routing.tree import find_routes
from tests.examples import scale_examples

AMTOOL = shutil.which("amtool")
RECEIVERS = ("slack", "slack-duty", "slack-digest", "pagerduty", "console")
NAMES = ("rule", "pack", "group_place", "group_country")
VALUES = ("", "a", "b", "ab", "a b", 'a"b', "a,b", "a\\b", "ب")
EXPRESSIONS = ("", "a", "a|b", "a.*", ".+", "[^a]+", "(?i)A", "a b|ab", "^a$", "\\w+", "a{1,2}b?")

pytestmark = pytest.mark.skipif(AMTOOL is None, reason="make unit installs amtool where it can")


@st.composite
def matchers(draw: st.DrawFn) -> str:
    operator = draw(st.sampled_from(("=", "!=", "=~", "!~")))
    value = draw(st.sampled_from(EXPRESSIONS if "~" in operator else VALUES))
    quoted = json.dumps(value, ensure_ascii=False)
    is_plain = value.isascii() and value.isalnum()
    written = draw(st.sampled_from((value, quoted))) if is_plain else quoted
    return f"{draw(st.sampled_from(NAMES))}{operator}{written}"


@st.composite
def routes(draw: st.DrawFn, depth: int = 3) -> dict[str, Any]:
    route: dict[str, Any] = {"matchers": draw(st.lists(matchers(), max_size=2))}
    if draw(st.booleans()):
        route["receiver"] = draw(st.sampled_from(RECEIVERS))
    if draw(st.booleans()):
        route["continue"] = draw(st.booleans())
    if depth:
        route["routes"] = draw(st.lists(routes(depth - 1), max_size=3))
    return route


label_sets = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES))
trees = st.builds(
    lambda receiver, below: {"receiver": receiver, "routes": below},
    st.sampled_from(RECEIVERS),
    st.lists(routes(), min_size=1, max_size=4),
)


def ask_amtool(config: Path, labels: Mapping[str, str]) -> list[str]:
    given = [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in labels.items()]
    done = subprocess.run(  # noqa: S603  (Debian's own command)
        [str(AMTOOL), "config", "routes", "test", f"--config.file={config}", *given],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip().split(",")


@given(tree=trees, asked=st.lists(label_sets, min_size=1, max_size=3))
@settings(
    max_examples=scale_examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_routes_lead_to_the_receivers_that_amtool_names(
    tmp_path: Path, tree: dict[str, Any], asked: list[dict[str, str]]
) -> None:
    config = tmp_path / "alertmanager.yaml"
    written = {"route": tree, "receivers": [{"name": name} for name in RECEIVERS]}
    config.write_text(yaml.safe_dump(written), encoding="utf-8")
    root = parse_routes("r", yaml.safe_dump({"route": tree}).encode(), RECEIVERS).root

    for labels in asked:
        taken = find_routes(root, {name: (value,) for name, value in labels.items()})
        assert [route.receiver for route in taken] == ask_amtool(config, labels)
