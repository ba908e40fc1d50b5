"""The CloudEvents project's own conformance features for HTTP, where their archive is at hand."""

import json
import re
import tarfile
from pathlib import Path

import pytest

from services.ingest.domain.decoding import choose_decoder

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "cloudevents_conformance.tar.gz"
FEATURE = "features/http-protocol-binding.feature"

pytestmark = pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive is not at hand")


def requests() -> list[tuple[str, bytes]]:
    """Each request of each scenario, with every content type that its examples name."""
    return [
        (scenario.replace("<contentType>", kind), kind.encode())
        for scenario in re.split(r"Scenario Outline:", feature())[1:]
        for kind in re.findall(r"^\s*\|\s*(application/[^|]*?)\s*\|\s*$", scenario, re.MULTILINE)
    ]


def feature() -> str:
    with tarfile.open(ARCHIVE) as archive:
        name = next(name for name in archive.getnames() if name.endswith(FEATURE))
        member = archive.extractfile(name)
        assert member is not None
        return member.read().decode()


def test_every_http_scenario_is_read_as_it_expects() -> None:
    examples = requests()

    for scenario, _ in examples:
        text = "\n".join(line.strip() for line in scenario.split('"""')[1].strip().splitlines())
        head, _, body = text.partition("\n\n")
        lines = (line.split(": ", 1) for line in head.splitlines()[1:])
        headers = {name.lower(): value for name, value in lines}
        [report] = choose_decoder(headers)(body.encode())
        expected = json.loads(scenario.split('"""')[3])
        assert report == expected | {
            "id": "1234-1234-1234",
            "source": "/mycontext/subcontext",
            "published_at": "2018-04-05T03:56:24Z",
        }
    assert len(examples) == 4
