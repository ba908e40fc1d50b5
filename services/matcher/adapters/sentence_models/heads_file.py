"""The trained heads of a pack in a file beside its `pack.yaml`."""

from pathlib import Path

from pydantic import ValidationError

from schemas.reader_heads import PackHeads
from services.matcher.adapters.topics.described_faults import describe_faults
from services.matcher.domain.packs.documents import PackDocuments

HEADS = "heads.json"


class UnreadableHeads(Exception):
    """The file is there and holds no heads; the message says what to do."""


def heads_path(pack: PackDocuments) -> Path:
    """Where the heads of a pack are kept."""
    return Path(pack.origin.file).parent / HEADS


def read_heads(pack: PackDocuments) -> PackHeads | None:
    """The heads of the file; None if there is none.

    Raises:
        UnreadableHeads: it cannot be read, or holds something else.
    """
    path = heads_path(pack)
    try:
        return PackHeads.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        reason = describe_faults(error) if isinstance(error, ValidationError) else error.strerror
        raise UnreadableHeads(f"{path}: {reason}: `vedette rules train` writes it anew") from error


def write_heads(pack: PackDocuments, heads: PackHeads) -> Path:
    """Write the file, the same for the same heads; returns its path.

    Raises:
        OSError: it cannot be written.
    """
    path = heads_path(pack)
    path.write_text(heads.model_dump_json(indent=1, exclude_defaults=True) + "\n", encoding="utf-8")
    return path
