"""The files of rule packs, as they stand in a folder or came in a bundle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from services.matcher.domain.packs.faults import RuleFault

HEAD = "pack.yaml"
ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The YAML files of one pack by their path, as faults name it; all lie below `folder`."""

    name: str
    folder: PurePath
    files: Mapping[PurePath, bytes]

    def below(self, part: str) -> list[PurePath]:
        """The paths of the `.yaml` files right in the pack's folder `part`."""
        folder = self.folder / part
        return sorted(path for path in self.files if path.parent == folder and _read(path))

    def strays(self) -> list[PurePath]:
        """The paths at which nothing would ever be read, by their place or their ending."""
        known = {self.folder, *(self.folder / part for part in ("lists", "places", "indicators"))}
        return sorted(path for path in self.files if path.parent not in known or not _read(path))


def _read(path: PurePath) -> bool:
    return path.suffix == ENDINGS[0]


def read_folder(folder: Path) -> tuple[tuple[PackFiles, ...], tuple[RuleFault, ...]]:
    """The pack in `folder`, or the packs in the folders below it. Reads files, never raises."""
    faults: list[RuleFault] = []
    packs = tuple(
        PackFiles(place.resolve().name, place, dict(_files(place, faults)))
        for place in _pack_folders(folder)
    )
    return packs, tuple(faults if packs else [_no_pack(str(folder))])


def _pack_folders(folder: Path) -> list[Path]:
    if (folder / HEAD).is_file():
        return [folder]
    return sorted(place.parent for place in folder.glob(f"*/{HEAD}"))


def _files(folder: Path, faults: list[RuleFault]) -> Iterable[tuple[PurePath, bytes]]:
    for place in folder.rglob("*.y*ml"):
        if place.suffix in ENDINGS:
            try:
                yield place, place.read_bytes()
            except OSError as error:
                said = f"cannot be read: {error.strerror}"
                faults.append(RuleFault(str(place), 1, "", said))


def bundle_files(packs: Iterable[PackFiles]) -> dict[str, str]:
    """The text of every file by its path below the folder of packs, in order.

    Raises:
        UnicodeDecodeError: one is no UTF-8, which is a fault of its own when it is read as a rule.
    """
    return {
        (PurePosixPath(pack.name) / path.relative_to(pack.folder)).as_posix(): raw.decode()
        for pack in packs
        for path, raw in sorted(pack.files.items())
    }


def unbundle_files(files: Mapping[str, str]) -> tuple[tuple[PackFiles, ...], tuple[RuleFault, ...]]:
    """The packs again from `bundle_files`; what lies in no pack is a fault."""
    packs: dict[PurePath, dict[PurePath, bytes]] = {}
    for name, text in files.items():
        path = PurePosixPath(name)
        packs.setdefault(PurePosixPath(*path.parts[:1]), {})[path] = text.encode()
    faults = [_no_pack(str(folder)) for folder, held in packs.items() if folder / HEAD not in held]
    told = (PackFiles(folder.name, folder, held) for folder, held in sorted(packs.items()))
    return tuple(told), tuple(faults if packs else [_no_pack("the bundle")])


def _no_pack(place: str) -> RuleFault:
    return RuleFault(place, 1, "", f"no {HEAD} in it or in a folder below it")
