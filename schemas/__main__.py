"""Writes the generated documents: `python -m schemas`."""

from pathlib import Path

from schemas import asyncapi
from schemas.generate import json_documents

HERE = Path(__file__).parent


def generated() -> dict[Path, str]:
    """Every generated file with its text."""
    files = {HERE / "json" / name: text for name, text in json_documents().items()}
    return files | {HERE / "asyncapi.yaml": asyncapi.text()}


def main() -> None:
    """Write them all, and delete the schemas of models that are gone."""
    files = generated()
    (HERE / "json").mkdir(exist_ok=True)
    for path in set((HERE / "json").iterdir()) - files.keys():
        path.unlink()
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
