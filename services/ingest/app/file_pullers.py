"""What reads a source in files."""

from pathlib import Path

from services.ingest.adapters.pulling.file_puller import FilePuller
from services.ingest.domain.files.file_formats import choose_format
from services.ingest.domain.sources.file_sources import CsvSource, JsonLinesSource

FileSource = CsvSource | JsonLinesSource


def build_file_puller(source: FileSource, folder: Path) -> FilePuller:
    """The puller of a source; a relative path is below the folder of sources."""
    return FilePuller(folder / source.path, source.pattern, choose_format(source))
