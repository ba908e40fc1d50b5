"""Checks manifests as a cluster would, without one: `python -m deploy.k8s_check [KUSTOMIZE]`.

Each file as it is, and each overlay as it is rendered where there is a kustomize. Kinds of
Kubernetes are checked against its own schemas, custom ones against those beside the manifests; both
refuse unknown keys.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

K8S = Path(__file__).parent / "k8s"
OVERLAYS = tuple(sorted((K8S / "overlays").iterdir()))
SCHEMAS = {path.stem: path for path in (K8S / "schemas").glob("*.json")}
RELEASE = "1.37"
PARTS = ("base", "components")
OWN_KUSTOMIZE = Path(__file__).parents[1] / ".cache" / "bin" / "kustomize"


def find_kustomize() -> str | None:
    """The command, ours or the system's."""
    return shutil.which(OWN_KUSTOMIZE) or shutil.which("kustomize")


def read_files() -> list[Any]:
    """The documents of all parts, not rendered."""
    paths = [path for part in PARTS for path in sorted((K8S / part).rglob("*.yaml"))]
    texts = (path.read_text("utf-8") for path in paths if path.name != "kustomization.yaml")
    return [document for text in texts for document in yaml.safe_load_all(text)]


def render(kustomize: str, overlay: Path) -> list[Any]:
    """The documents of an overlay, as they would be applied."""
    command = [kustomize, "build", str(overlay)]
    rendered = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  (our own command)
    return list(yaml.safe_load_all(rendered.stdout))


def list_faults(documents: Iterable[Any]) -> Iterator[str]:
    """What a cluster would refuse, with kind and name."""
    for document in documents:
        name = f"{document['kind']} {document['metadata']['name']}"
        yield from (f"{name}: {fault}" for fault in _find_faults(document))


def _find_faults(document: Any) -> Iterator[str]:
    if document["kind"] in SCHEMAS:
        schema = json.loads(SCHEMAS[document["kind"]].read_text(encoding="utf-8"))
        for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
            yield f"{error.json_path}: {error.message[:200]}"
        return
    try:
        kubernetes_validate.validate(document, RELEASE, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{'.'.join(map(str, error.path))}: {error.message[:200]}"


def main() -> int:
    """Check the files and the rendered overlays; 1 where one has a fault."""
    kustomize = sys.argv[1] if len(sys.argv) > 1 else find_kustomize()
    faults = _report("files", read_files())
    if kustomize is None:
        sys.stdout.write("no kustomize: overlays are not rendered\n")
        return 1 if faults else 0
    for overlay in OVERLAYS:
        faults += _report(overlay.name, render(kustomize, overlay))
    return 1 if faults else 0


def _report(name: str, documents: list[Any]) -> int:
    faults = list(list_faults(documents))
    sys.stdout.write("\n".join([f"{name}: {len(documents)} documents", *faults]) + "\n")
    return len(faults)


if __name__ == "__main__":
    sys.exit(main())
