"""The files of rule packs, from a folder or a bundle."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from services.document_faults import DocumentFault

HEAD = "pack.yaml"
HYPOTHESES = "hypotheses.yaml"
MEASURES = "labelled"
"""The subfolder that measures a pack and is no part of it: never read as rules, never published."""

_ENDING = ".yaml"
_MEANT = re.compile(r"\.ya?ml(\.txt)?$", re.IGNORECASE)
"""How the names of files end that are read, or were meant to be."""
_OF_A_PART = re.compile(rb"^(detection|correlation|members|words|sites|hypotheses):", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The YAML files of one pack by path, all below `folder`."""

    name: str
    folder: PurePath
    files: Mapping[PurePath, bytes]

    def below(self, part: str) -> list[PurePath]:
        """The paths of the `.yaml` files in the subfolder `part`."""
        folder = self.folder / part
        return sorted(path for path in self.files if path.parent == folder and _is_read(path))

    def strays(self) -> list[PurePath]:
        """The paths that are never read, for their folder or their suffix.

        Beside `pack.yaml` other files may stand, but no rules, lists or hypotheses.
        """
        known = {self.folder, *(self.folder / part for part in ("lists", "places", "indicators"))}
        return sorted(
            path
            for path, raw in self.files.items()
            if path.parent not in known or not _is_read(path) or self._is_beside(path, raw)
        )

    def _is_beside(self, path: PurePath, raw: bytes) -> bool:
        is_own = path.parent != self.folder or path.name in (HEAD, HYPOTHESES)
        return not is_own and _OF_A_PART.search(raw) is not None


def _is_read(path: PurePath) -> bool:
    return path.suffix == _ENDING


def read_folder(folder: Path) -> tuple[tuple[PackFiles, ...], tuple[DocumentFault, ...]]:
    """The pack in `folder`, or the packs in the folders below it. Reads files, never raises."""
    faults: list[DocumentFault] = []
    packs = tuple(
        PackFiles(path.resolve().name, path, dict(_files(path, faults)))
        for path in _pack_folders(folder)
    )
    return packs, tuple(faults if packs else [_no_pack(str(folder))])


def _pack_folders(folder: Path) -> list[Path]:
    if (folder / HEAD).is_file():
        return [folder]
    return sorted(path.parent for path in folder.glob(f"*/{HEAD}"))


def _files(folder: Path, faults: list[DocumentFault]) -> Iterable[tuple[PurePath, bytes]]:
    for path in folder.rglob("*"):
        if _MEANT.search(path.name) and path.relative_to(folder).parts[0] != MEASURES:
            try:
                yield path, path.read_bytes()
            except OSError as error:
                message = f"cannot be read: {error.strerror}"
                faults.append(DocumentFault(str(path), 1, "", message))


def bundle_files(packs: Iterable[PackFiles]) -> dict[str, str]:
    """The text of each file by its path below the folder of packs, in order.

    Raises:
        UnicodeDecodeError: a file is not UTF-8; reading it as a rule file reports that as a fault.
    """
    return {
        (PurePosixPath(pack.name) / path.relative_to(pack.folder)).as_posix(): raw.decode()
        for pack in packs
        for path, raw in sorted(pack.files.items())
    }


def unbundle_files(
    files: Mapping[str, str],
) -> tuple[tuple[PackFiles, ...], tuple[DocumentFault, ...]]:
    """The packs of `bundle_files`; a file in no pack is a fault."""
    packs: dict[PurePath, dict[PurePath, bytes]] = {}
    for name, text in files.items():
        path = PurePosixPath(name)
        packs.setdefault(PurePosixPath(*path.parts[:1]), {})[path] = text.encode()
    faults = [_no_pack(str(folder)) for folder, held in packs.items() if folder / HEAD not in held]
    read = (PackFiles(folder.name, folder, held) for folder, held in sorted(packs.items()))
    return tuple(read), tuple(faults if packs else [_no_pack("the bundle")])


def _no_pack(path: str) -> DocumentFault:
    return DocumentFault(path, 1, "", f"no {HEAD} in it or in a folder below it")
