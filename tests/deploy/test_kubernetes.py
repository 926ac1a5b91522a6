"""The manifests: valid to the letter, held as short as the compose file, and of one mind with it and with the settings."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from services.cli.app import run
from tests.deploy.test_site import settings_of
from tests.fakes.compose import SERVICES, containers, image_environment
from tests.fakes.deployed import DEPLOY, variables

VERSION = "1.37"
KUSTOMIZATION: Mapping[str, Any] = yaml.safe_load(
    (DEPLOY / "kustomization.yaml").read_text("utf-8")
)


def objects() -> Iterator[Mapping[str, Any]]:
    for each in KUSTOMIZATION["resources"]:
        yield from yaml.safe_load_all((DEPLOY / each).read_text(encoding="utf-8"))


OBJECTS = list(objects())
WORKLOADS = {
    each["metadata"]["name"]: each
    for each in OBJECTS
    if each["kind"] in {"Deployment", "StatefulSet"}
}


def pod_of(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = WORKLOADS[name]["spec"]["template"]["spec"]
    return found


def container_of(name: str) -> Mapping[str, Any]:
    (found,) = pod_of(name)["containers"]
    assert isinstance(found, Mapping)
    return found


def of_kind(kind: str) -> list[Mapping[str, Any]]:
    return [each for each in OBJECTS if each["kind"] == kind]


@pytest.mark.parametrize(
    "manifest", OBJECTS, ids=lambda each: f"{each['kind']} {each['metadata']['name']}"
)
def test_every_object_is_one_that_kubernetes_knows(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_every_file_is_used_and_every_name_is_given_once() -> None:
    there = {f"kubernetes/{each.name}" for each in (DEPLOY / "kubernetes").iterdir()}
    assert set(KUSTOMIZATION["resources"]) == there
    names = [(each["kind"], each["metadata"]["name"]) for each in OBJECTS]
    assert len(set(names)) == len(names)
    assert set(WORKLOADS) == {"nats", "valkey", *SERVICES}
    (image,) = KUSTOMIZATION["images"]
    assert (image["name"], image["newTag"]) == ("zhishou", version("zhishou"))


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_pod_is_held_short(name: str) -> None:
    pod, container = pod_of(name), container_of(name)
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {
        "runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }  # fmt: skip
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
    assert "memory" in container["resources"]["limits"]
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}
    assert container["image"] == "zhishou"
    labels = WORKLOADS[name]["spec"]["template"]["metadata"]["labels"]
    assert WORKLOADS[name]["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_what_is_written_to_is_mounted_and_what_is_mounted_is_made() -> None:
    secrets = {each["name"] for each in KUSTOMIZATION["secretGenerator"]}
    maps = {each["name"] for each in KUSTOMIZATION["configMapGenerator"]}
    for name, workload in WORKLOADS.items():
        claims = {
            each["metadata"]["name"] for each in workload["spec"].get("volumeClaimTemplates", ())
        }
        volumes = {each["name"]: each for each in pod_of(name).get("volumes", ())}
        mounted = {each["name"]: each["mountPath"] for each in container_of(name)["volumeMounts"]}
        assert set(mounted) == claims | set(volumes)
        kept = {"nats": "/data", "valkey": "/data"}.get(name, "/var/lib/zhishou")
        assert (mounted.get("data") == kept) is bool(claims)
        for each in volumes.values():
            assert each.get("secret", {}).get("secretName", "register") in secrets
            assert each.get("configMap", {}).get("name", "nats") in maps
        assert {each["secretRef"]["name"] for each in container_of(name)["envFrom"]} == {name}


def test_rules_are_the_files_that_are_deployed_and_passwords_those_of_the_site(
    tmp_path: Path,
) -> None:
    assert run(["config", "site", str(tmp_path / "site")], {}) == 0
    made = {f"site/{each.name}" for each in (tmp_path / "site").iterdir()}
    used = {path for each in KUSTOMIZATION["secretGenerator"]
            for path in (*each.get("envs", ()), *each.get("files", ()))}  # fmt: skip
    people = {"site/operator.env", "site/admin.env"}
    assert used == made - people, "who sits at a terminal works from their own machine"
    for each in KUSTOMIZATION["configMapGenerator"]:
        there = {path.name for path in (DEPLOY / each["name"]).iterdir()}
        named = {path.removeprefix(f"{each['name']}/") for path in each["files"]}
        assert named <= there
    started = {name: container_of(name)["command"] for name in ("nats", "valkey")}
    assert started == {name: list(containers()[name].words) for name in started}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_the_settings_and_the_command_that_compose_gives_it(name: str) -> None:
    container, sibling = container_of(name), containers()[name]
    assert container["command"] == list(sibling.words)
    set_here = {each["name"]: each["value"] for each in container["env"]}
    example = (DEPLOY / "env" / f"{name}.example.env").read_text(encoding="utf-8")
    all_of_it = image_environment() | variables(example.replace("change-", "p")) | set_here
    said = {key.removeprefix("ZHISHOU_").lower(): each for key, each in all_of_it.items()}
    settings_of(name).model_validate(said)
    assert set(set_here) == set(sibling.said["environment"])
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    assert str(ports["health"]) == sibling.said["environment"]["ZHISHOU_HTTP_PORT"]
    paths = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    for probe, path in paths.items():
        assert container[probe]["httpGet"] == {"path": path, "port": "health"}


def test_who_has_a_twin_keeps_one_when_a_machine_goes() -> None:
    twins = {name for name, each in WORKLOADS.items() if each["spec"]["replicas"] > 1}
    assert {each["metadata"]["name"] for each in of_kind("PodDisruptionBudget")} == twins
    assert twins == {"ingest", "classify", "respond"}
    for each in of_kind("PodDisruptionBudget"):
        assert each["spec"]["minAvailable"] == 1
        assert each["spec"]["selector"]["matchLabels"] == {"app": each["metadata"]["name"]}
    for name in twins:
        assert pod_of(name)["topologySpreadConstraints"]


def test_services_lead_to_ports_that_are_there() -> None:
    for each in of_kind("Service"):
        name = each["spec"]["selector"]["app"]
        ports = {port["containerPort"] for port in container_of(name)["ports"]}
        assert {port["port"] for port in each["spec"]["ports"]} <= ports
    named = {each["metadata"]["name"] for each in of_kind("Service")}
    stateful = [each for each in WORKLOADS.values() if each["kind"] == "StatefulSet"]
    assert {each["spec"]["serviceName"] for each in stateful} <= named


def test_nothing_may_talk_but_who_has_to() -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in of_kind("NetworkPolicy")}
    assert policies["nothing-else"]["podSelector"] == {}
    assert policies["nothing-else"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policies["nothing-else"]
    labels = {
        name: set(each["spec"]["template"]["metadata"]["labels"]) - {"app"}
        for name, each in WORKLOADS.items()
    }
    nets = {name: set(containers()[name].said["networks"]) for name in SERVICES}
    for name in SERVICES:
        assert ("outside" in labels[name]) is ("outside" in nets[name])
        assert "bus" in labels[name]
        assert ("store" in labels[name]) is (name not in {"classify", "archive"})
    for server, label in (("nats", "bus"), ("valkey", "store")):
        assert labels[server] == set()
        (way_in,) = policies[server]["ingress"]
        assert way_in["from"] == [{"podSelector": {"matchLabels": {label: "yes"}}}]
        (port,) = [each["containerPort"] for each in container_of(server)["ports"]]
        assert way_in["ports"] == [{"port": port}]
