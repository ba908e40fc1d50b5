"""When certificates expire."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.certificates import read_expiry, show_expiry
from tests.parts.tls import make_certificate


def make_text(folder: Path, days: int) -> str:
    return make_certificate(folder / str(days), days).certificate.read_text()


def shown(path: Path) -> float | None:
    labels = {"file": str(path)}
    return REGISTRY.get_sample_value("vedette_certificate_expiry_timestamp_seconds", labels)


@pytest.mark.parametrize("days", [3, 20_000], ids=["this-century's-half", "the-other"])
def test_a_certificate_expires_when_openssl_said(tmp_path: Path, days: int) -> None:
    path = tmp_path / "cert.pem"
    path.write_text(make_text(tmp_path, days))

    left = read_expiry(path) - datetime.now(UTC)

    assert abs(left - timedelta(days=days)) < timedelta(minutes=5)


def test_of_a_chain_the_first_to_expire_counts(tmp_path: Path) -> None:
    path = tmp_path / "chain.pem"
    path.write_text(make_text(tmp_path, 30) + make_text(tmp_path, 3))

    assert read_expiry(path) - datetime.now(UTC) < timedelta(days=4)


def test_each_scrape_reads_the_file_as_it_is_now(tmp_path: Path) -> None:
    path = tmp_path / "renewed.pem"
    path.write_text("none yet")
    show_expiry([path])
    before = shown(path)

    path.write_text(make_text(tmp_path, 3))

    assert before is not None
    assert math.isnan(before)
    assert shown(path) == read_expiry(path).timestamp()
