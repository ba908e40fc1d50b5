"""The manifests are what a cluster takes, and allow no more than they must."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.k8s_check import K8S, OVERLAYS, find_kustomize, list_faults, read_files, render
from schemas.topics import TOPICS

ROOT = Path(__file__).parents[2]
DOCUMENTS = read_files()
KUSTOMIZE = find_kustomize()


def _find(kind: str, name: str) -> Any:
    [found] = [
        each for each in DOCUMENTS if each["kind"] == kind and each["metadata"]["name"] == name
    ]
    return deepcopy(found)


def test_every_manifest_is_what_a_cluster_takes() -> None:
    assert list(list_faults(DOCUMENTS)) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Deployment", "vedette-matcher"),
        ("NetworkPolicy", "vedette-admin"),
        ("ScaledObject", "vedette-matcher"),
        ("ServiceMonitor", "vedette"),
        ("PrometheusRule", "vedette"),
    ],
)
def test_a_key_that_is_mistyped_is_refused(kind: str, name: str) -> None:
    document = _find(kind, name)
    document["spec"]["replicaz"] = 1

    [fault] = list_faults([document])

    assert "replicaz" in fault


@pytest.mark.skipif(KUSTOMIZE is None, reason="no kustomize: run `make k8s`")
@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.name)
def test_an_overlay_is_rendered_to_what_a_cluster_takes(overlay: Path) -> None:
    documents = render(str(KUSTOMIZE), overlay)

    assert list(list_faults(documents)) == []
    assert "latest" not in str([each for each in documents if each["kind"] == "Deployment"])


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.name)
def test_no_image_is_latest(overlay: Path) -> None:
    document = yaml.safe_load((overlay / "kustomization.yaml").read_text("utf-8"))

    versions = {image["name"]: image["newTag"] for image in document["images"]}
    assert versions.keys() == {"vedette", "vedette-reader"}
    assert "latest" not in versions.values()


def test_production_ships_no_pack() -> None:
    assert "rules/" not in (K8S / "base" / "kustomization.yaml").read_text("utf-8")
    production = (K8S / "overlays" / "production" / "kustomization.yaml").read_text("utf-8")
    assert "VEDETTE_RULES_DIR=/rules\n" in production


def test_nothing_is_reached_but_what_a_policy_allows() -> None:
    spec = _find("NetworkPolicy", "vedette-deny")["spec"]

    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_there_are_no_more_matchers_than_partitions() -> None:
    scaled = _find("ScaledObject", "vedette-matcher")["spec"]
    arguments = _find("Job", "vedette-topics")["spec"]["template"]["spec"]["containers"][0]["args"]

    assert scaled["maxReplicaCount"] == int(arguments[arguments.index("--partitions") + 1])
    topics = {trigger["metadata"]["topic"] for trigger in scaled["triggers"]}
    assert topics <= {f"vedette.{topic.name}" for topic in TOPICS}
