import pytest

from services.ingest.domain.gdelt.file_list import (
    MOST_MISSED,
    EventsFile,
    find_newest,
    list_files,
    list_missing,
)

URL = "http://gdelt.example/gdeltv2/20261126120000.export.CSV.zip"
MD5 = "0123456789abcdef0123456789ABCDEF"
LISTING = f"""150383 {MD5} {URL}
318084 {MD5} http://gdelt.example/gdeltv2/20261126120000.mentions.CSV.zip
10768507 {MD5} http://gdelt.example/gdeltv2/20261126120000.gkg.csv.zip
""".encode()
NEWEST = EventsFile("20261126120000", URL, MD5.lower())


def stamps(last: str) -> list[str]:
    return [file.stamp for file in list_missing(NEWEST, last)]


def test_the_newest_file_of_events_is_found_in_the_list() -> None:
    assert find_newest(LISTING) == NEWEST


@pytest.mark.parametrize(
    "listing", [b"", b"<html>", b"1 x y", f"1 {'g' * 32} {URL}".encode(), b"\xff"]
)
def test_what_is_no_list_names_no_file(listing: bytes) -> None:
    assert find_newest(listing) is None


def test_the_first_reading_begins_with_the_newest() -> None:
    assert stamps("") == [NEWEST.stamp]


def test_files_that_were_missed_come_first() -> None:
    assert stamps("20261126113000") == ["20261126114500", "20261126120000"]
    assert [file.url for file in list_missing(NEWEST, "20261126113000")] == [
        URL.replace("120000", "114500"),
        URL,
    ]


@pytest.mark.parametrize("last", ["20261126120000", "20261126121500"])
def test_what_was_read_is_not_read_again(last: str) -> None:
    assert stamps(last) == []


def test_after_a_long_pause_the_files_of_a_day_are_read() -> None:
    missed = stamps("20250101000000")

    assert len(missed) == MOST_MISSED
    assert missed[0] == "20261125121500"


def test_the_files_of_a_folder_are_read_in_the_order_of_their_times() -> None:
    names = ["b.csv", "20261126120000.export.CSV", "20261126114500.export.CSV.zip", "1.export.CSV"]

    assert list_files(names, "") == [
        ("20261126114500", "20261126114500.export.CSV.zip"),
        ("20261126120000", "20261126120000.export.CSV"),
    ]
    assert list_files(names, "20261126114500") == [("20261126120000", "20261126120000.export.CSV")]
