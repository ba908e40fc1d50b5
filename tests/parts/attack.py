"""A token that sends all it may of what costs most, beside a genuine source."""

import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

from tests.parts.pipeline import OTHER_TOKEN, TOKEN, ndjson, write_pack

SHIPPED = Path(__file__).parents[2] / "rules"
GENUINE_RULES = 8
SHIPPED_LIMITS = {
    "VEDETTE_INGEST_REPORTS_PER_SECOND": "200",
    "VEDETTE_INGEST_BYTES_PER_SECOND": str(2 * 1024 * 1024),
    "VEDETTE_STORM_GROUPS_PER_MINUTE": "60",
}
"""Those of a token and of storms, which other tests of the pipeline lift."""
LARGEST_TEXT = 64 * 1024 - 100
FLOOD_AT_ONCE = 20
PAUSE = 0.05
LABEL = "label-"
LABEL_LENGTH = len(LABEL) + 6

TRIPWIRE = """\
title: {title}
name: {name}
logsource: {{category: report}}
detection:
  words: {{words|phrase: ['{phrase}']}}
  condition: words
level: critical
alert: {{summary: "{{{{ text }}}}"}}
"""
SLOW = (
    ("a new group, the Xyz Front, threatens US troops in Iraq. ", "Badr "),
    ("", "ﷺ "),
    ("", "Brigade of the "),
    ("", "Kata'ib Hezbollah "),
)


def write_attacked_packs(folder: Path) -> Path:
    """The shipped packs, and one with rules of the genuine reports and of the hostile ones."""
    genuine = (
        TRIPWIRE.format(title="Genuine", name=f"genuine_{number}", phrase=_phrase(number))
        for number in range(GENUINE_RULES)
    )
    strike = TRIPWIRE.format(title="A strike", name="strike", phrase="hostile strike")
    packs = folder / "pack"
    shutil.copytree(SHIPPED, packs)
    write_pack(folder / "attacked", *genuine, strike).rename(packs / "attacked")
    return packs


def genuine_report(number: int) -> dict[str, Any]:
    """A report that pages, with its label in the words that receivers show."""
    return {"id": f"genuine-{number}", "text": f"{_phrase(number)} {LABEL}{number:06}"}


def find_labels(text: str) -> Iterator[str]:
    """The labels in a text."""
    for part in text.split(LABEL)[1:]:
        yield LABEL + part[: LABEL_LENGTH - len(LABEL)]


def _phrase(number: int) -> str:
    return f"zulu {chr(ord('a') + number % GENUINE_RULES) * 3}"


@dataclass
class HostileToken:
    """Sends slow texts and matching reports until it has ended, as fast as ingest takes them.

    `answers` counts the answers by status, `accepted` the reports.
    """

    url: str
    most_matching: int
    answers: Counter[int] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    _client: httpx.Client = field(default_factory=httpx.Client)
    _ending: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads += [
            threading.Thread(target=act) for act in (self._send_slow, self._send_matching)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()
        self._client.close()

    def _send_slow(self) -> None:
        number = 0
        while not self._ending.is_set():
            beginning, piece = SLOW[number % len(SLOW)]
            # each is another text, since those seen before are cached
            beginning = f"{number} {beginning}"
            repeats = (LARGEST_TEXT - len(beginning)) // len(piece.encode())
            self._post("slow", [{"id": f"slow-{number}", "text": beginning + piece * repeats}])
            number += 1

    def _send_matching(self) -> None:
        for start in range(0, self.most_matching, FLOOD_AT_ONCE):
            batch = [_matching_report() for _ in range(start, start + FLOOD_AT_ONCE)]
            while not self._ending.is_set() and not self._post("matching", batch):
                pass

    def _post(self, kind: str, reports: Sequence[Mapping[str, Any]]) -> bool:
        """Whether they were accepted; after a refusal it waits for a moment."""
        status = post(self._client, self.url, OTHER_TOKEN, reports)
        self.answers[status] += 1
        if status == HTTPStatus.ACCEPTED:
            self.accepted[kind] += len(reports)
            return True
        self._ending.wait(PAUSE)
        return False


def _matching_report() -> dict[str, Any]:
    invented = uuid4().hex
    return {"id": invented, "text": f"a hostile strike by the {invented} front"}


def post(client: httpx.Client, url: str, token: str, reports: Sequence[Mapping[str, Any]]) -> int:
    """The status that ingest answers."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/x-ndjson"}
    body = ndjson(reports)
    return client.post(f"{url}/v1/events", content=body, headers=headers, timeout=30).status_code


def post_genuine(url: str, numbers: range, rate: float) -> dict[str, float]:
    """Post genuine reports at a rate; when each was sent, by label. Raises unless accepted."""
    start, sent = time.monotonic(), {}
    with httpx.Client() as client:
        for place, number in enumerate(numbers):
            time.sleep(max(0.0, start + place / rate - time.monotonic()))
            report = genuine_report(number)
            (label,) = find_labels(report["text"])
            sent[label] = time.time()
            status = post(client, url, TOKEN, [report])
            if status != HTTPStatus.ACCEPTED:
                raise RuntimeError(f"a genuine report is answered {status}")
    return sent
