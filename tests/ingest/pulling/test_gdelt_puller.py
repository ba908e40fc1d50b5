import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ingest.adapters.fetching.fetcher import Fetcher
from services.ingest.app.pullers import PullerBuilder
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.pulling.ports import Puller
from services.ingest.domain.sources.polled_sources import GdeltSource
from tests.ingest.builders import NOON
from tests.ingest.gdelt.builders import packed, row
from tests.ingest.pulling.builders import read_all
from tests.standins.site import SiteStandIn


@pytest.fixture
def site() -> Iterator[SiteStandIn]:
    with SiteStandIn() as server:
        yield server


def publish(site: SiteStandIn, stamp: str, *ids: str) -> None:
    raw = packed(b"".join(row(GLOBALEVENTID=id_) for id_ in ids))
    path = f"/{stamp}.export.CSV.zip"
    md5 = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    site.pages |= {path: raw, "/lastupdate.txt": f"{len(raw)} {md5} {site.url}{path}\n".encode()}


def puller(**source: object) -> Puller:
    document = GdeltSource.model_validate({"id": "gdelt", **source})
    return PullerBuilder(Fetcher("Vedette/test", lambda: NOON), Path()).build(document)


def remote(site: SiteStandIn) -> Puller:
    return puller(url=f"{site.url}/lastupdate.txt", private_hosts=["127.0.0.1"])


async def test_files_are_read_once_and_those_that_were_missed_later(site: SiteStandIn) -> None:
    publish(site, "20261126110000", "1")
    first, position = await read_all(remote(site), None)
    publish(site, "20261126111500", "2", "3")
    publish(site, "20261126113000", "4")

    second, position = await read_all(remote(site), position)
    third, _ = await read_all(remote(site), position)

    assert (first, second, third) == (["1"], ["2", "3", "4"], [])


async def test_a_missed_file_that_does_not_exist_is_skipped(site: SiteStandIn) -> None:
    publish(site, "20261126110000", "1")
    _, position = await read_all(remote(site), None)
    publish(site, "20261126113000", "2")

    assert (await read_all(remote(site), position))[0] == ["2"]


async def test_a_newest_file_that_is_not_whole_is_tried_again(site: SiteStandIn) -> None:
    publish(site, "20261126110000", "1")
    site.pages["/20261126110000.export.CSV.zip"] = b"half"

    with pytest.raises(FetchFailed) as failed:
        await read_all(remote(site), None)

    assert failed.value.reason is FailureReason.UNREADABLE


async def test_a_list_that_leads_to_a_private_address_leads_nowhere(site: SiteStandIn) -> None:
    listing = f"1 {'a' * 32} http://10.0.0.1/20261126110000.export.CSV.zip"
    site.pages["/lastupdate.txt"] = listing.encode()

    with pytest.raises(FetchFailed) as failed:
        await read_all(remote(site), None)

    assert failed.value.reason is FailureReason.ADDRESS


async def test_files_of_a_folder_are_read_as_they_come(tmp_path: Path) -> None:
    (tmp_path / "20261126110000.export.CSV").write_bytes(row(GLOBALEVENTID="1"))
    first, position = await read_all(puller(path=str(tmp_path)), None)
    (tmp_path / "20261126111500.export.CSV.zip").write_bytes(packed(row(GLOBALEVENTID="2")))
    (tmp_path / ".20261126113000.export.CSV").write_bytes(b"being written")

    second, _ = await read_all(puller(path=str(tmp_path)), position)

    assert (first, second) == (["1"], ["2"])


async def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="No such file"):
        await read_all(puller(path=str(tmp_path / "none")), None)
