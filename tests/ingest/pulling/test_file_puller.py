import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.ingest.adapters.pulling.file_puller import AT_ONCE, FilePuller
from services.ingest.domain.fetching.failure import FetchFailed
from services.ingest.domain.files.file_formats import choose_format
from services.ingest.domain.sources.file_sources import CsvSource, JsonLinesSource

JSON_LINES = choose_format(JsonLinesSource(id="a", path="x"))
CSV = choose_format(
    CsvSource.model_validate({"id": "a", "path": "x", "mapping": {"fields": {"id": "Id"}}})
)
LONG_AGO = 1_000_000_000


@dataclass
class Drop:
    """A folder, the puller of it, and the position that is stored."""

    folder: Path
    form: Any = JSON_LINES
    pattern: str = "*.jsonl"
    position: str | None = None

    def write(self, name: str, *ids: str, age: int = 0) -> Path:
        path = self.folder / name
        path.write_text("".join(json.dumps({"id": id_}) + "\n" for id_ in ids))
        os.utime(path, (LONG_AGO - age, LONG_AGO - age))
        return path

    async def pull(self, *, stop_after: int | None = None) -> list[str]:
        """The ids that are read; a stop is a worker that is killed behind its last position."""
        puller = FilePuller(self.folder, self.pattern, self.form, lambda: LONG_AGO + 60.0)
        ids: list[str] = []
        async for number, pulled in _number(puller.pull(self.position)):
            ids += [str(report["id"]) for report in pulled.reports if isinstance(report, dict)]
            self.position = pulled.position
            if number == stop_after:
                break
        return ids


async def _number(batches: Any) -> Any:
    number = 0
    async for each in batches:
        number += 1
        yield number, each


async def test_each_file_is_read_once_the_oldest_first(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.write("new.jsonl", "3", age=1)
    drop.write("old.jsonl", "1", "2", age=9)
    drop.write(".hidden.jsonl", "x")
    drop.write("other.txt", "x")

    assert await drop.pull() == ["1", "2", "3"]
    assert await drop.pull() == []


async def test_what_is_added_or_renamed_into_the_folder_is_read(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    part = drop.write("a.part", "1")
    assert await drop.pull() == []

    part.rename(tmp_path / "a.jsonl")

    assert await drop.pull() == ["1"]


async def test_of_a_file_that_grows_the_rest_is_read(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    path = drop.write("a.jsonl", "1")
    await drop.pull()

    with path.open("a") as opened:
        opened.write('{"id": "2"}\n')

    assert await drop.pull() == ["2"]
    assert await drop.pull() == []


async def test_a_file_that_was_replaced_is_read_from_its_beginning(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.write("a.jsonl", "1", "2")
    await drop.pull()

    drop.write("b", "3").replace(tmp_path / "a.jsonl")
    replaced = await drop.pull()
    drop.write("a.jsonl", "4", age=3)

    assert replaced == ["3"]
    assert await drop.pull() == ["4"]


async def test_a_worker_that_is_killed_goes_on_behind_its_last_position(tmp_path: Path) -> None:
    ids = [str(number) for number in range(3 * AT_ONCE)]
    drop = Drop(tmp_path)
    drop.write("a.jsonl", *ids)

    first = await drop.pull(stop_after=1)
    rest = await drop.pull()

    assert len(first) == AT_ONCE
    assert first + rest == ids


async def test_a_lost_position_repeats_the_same_ids(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.write("a.jsonl", "1", "2")
    before = await drop.pull()

    drop.position = None

    assert await drop.pull() == before


async def test_rows_go_on_with_their_head(tmp_path: Path) -> None:
    drop = Drop(tmp_path, CSV, "*.csv")
    path = tmp_path / "a.csv"
    path.write_text("Id,Note\n1,x\n")
    os.utime(path, (LONG_AGO, LONG_AGO))
    first = await drop.pull()

    with path.open("a") as opened:
        opened.write('2,"y\nz"\n')

    assert (first, await drop.pull()) == (["1"], ["2"])


async def test_one_file_instead_of_a_folder(tmp_path: Path) -> None:
    drop = Drop(Drop(tmp_path).write("a.jsonl", "1"))

    assert await drop.pull() == ["1"]


async def test_a_file_that_cannot_be_used_stops_no_other_and_is_named(tmp_path: Path) -> None:
    drop = Drop(tmp_path, CSV, "*.csv")
    for name, text in (("a.csv", "Id,Id\n1,2\n"), ("b.csv", "Id\n1\n")):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (LONG_AGO, LONG_AGO))

    with pytest.raises(FetchFailed, match=r"a\.csv: line 1: the column 'Id' is there twice"):
        await drop.pull()
    assert "b.csv" in str(drop.position)


async def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="none: No such file"):
        await Drop(tmp_path / "none").pull()


async def test_many_small_files_are_few_batches(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    for number in range(AT_ONCE):
        drop.write(f"{number:03}.jsonl", str(number), age=-number)
    puller = FilePuller(tmp_path, "*.jsonl", JSON_LINES, lambda: LONG_AGO + 900.0)

    batches = [pulled async for pulled in puller.pull(None)]

    assert [len(each.reports) for each in batches] == [AT_ONCE]
    assert [pulled async for pulled in puller.pull(batches[0].position)] == []
