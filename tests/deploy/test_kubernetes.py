"""The kustomize base: every manifest fits the API, and everything that it names is there."""

from __future__ import annotations

import copy
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from chassis.settings import ServiceSettings
from lightkube.models import apps_v1, batch_v1, core_v1, networking_v1, policy_v1
from ops.deployment import password_variable
from ops.nats_users import password_variable as bus_password
from ops.topology import OPERATOR, SERVICES

K8S = Path(__file__).parents[2] / "deploy" / "k8s"
MODELS: dict[str, Any] = {
    "Deployment": apps_v1.Deployment,
    "StatefulSet": apps_v1.StatefulSet,
    "Job": batch_v1.Job,
    "Service": core_v1.Service,
    "Secret": core_v1.Secret,
    "Namespace": core_v1.Namespace,
    "PersistentVolumeClaim": core_v1.PersistentVolumeClaim,
    "NetworkPolicy": networking_v1.NetworkPolicy,
    "PodDisruptionBudget": policy_v1.PodDisruptionBudget,
}
Manifest = dict[str, Any]
SECRETS: dict[str, Manifest] = {
    each["metadata"]["name"]: each for each in yaml.safe_load_all((K8S / "secrets.template.yaml").read_text())
}


def unknown(given: Any, understood: Any, at: str = "") -> list[str]:
    """The places of a manifest that the API's own model leaves out."""
    if isinstance(given, dict) and isinstance(understood, dict):
        return [
            problem
            for key, value in given.items()
            for problem in (
                unknown(value, understood[key], f"{at}.{key}") if key in understood else [f"{at}.{key}"]
            )
        ]
    if isinstance(given, list) and isinstance(understood, list):
        pairs = enumerate(zip(given, understood, strict=True))
        return [problem for at_, (one, other) in pairs for problem in unknown(one, other, f"{at}[{at_}]")]
    return []


def problems(manifest: Manifest) -> list[str]:
    """What of a manifest the API would refuse or pass over."""
    try:
        understood = msgspec.convert(manifest, MODELS[manifest["kind"]])
    except msgspec.ValidationError as refused:
        return [str(refused)]
    return unknown(manifest, msgspec.to_builtins(understood))


def pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    """Pod templates by the name of what makes them."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]
        for each in manifests
        if each["kind"] in ("Deployment", "StatefulSet", "Job")
    }


def test_every_manifest_fits_the_api(manifests: list[Manifest]) -> None:
    for manifest in (*manifests, *SECRETS.values()):
        assert problems(manifest) == [], manifest["metadata"]["name"]


def test_a_manifest_that_does_not_fit_is_told(manifests: list[Manifest]) -> None:
    [deployment] = [
        each for each in manifests if each["metadata"]["name"] == "intake" and each["kind"] == "Deployment"
    ]
    odd = copy.deepcopy(deployment)
    odd["spec"]["replica"] = 3
    assert problems(odd) == [".spec.replica"]
    headless = copy.deepcopy(deployment)
    del headless["spec"]["selector"]
    assert "selector" in problems(headless)[0]


def test_every_service_has_deployment_service_and_budget(manifests: list[Manifest]) -> None:
    for kind in ("Deployment", "Service", "PodDisruptionBudget"):
        names = {each["metadata"]["name"] for each in manifests if each["kind"] == kind}
        assert {service.replace("_", "-") for service in SERVICES} <= names, kind


def test_every_pod_is_restricted_probed_and_bounded(manifests: list[Manifest]) -> None:
    for name, template in pods(manifests).items():
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in spec["containers"]:
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True, name
            assert security["allowPrivilegeEscalation"] is False, name
            assert security["capabilities"] == {"drop": ["ALL"]}, name
            assert {"requests", "limits"} <= container["resources"].keys(), name
            if name != "prepare":
                assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys(), name


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_finds_its_image_its_port_and_its_variables(
    manifests: list[Manifest], settings_of: dict[str, type[ServiceSettings]], service: str
) -> None:
    name = service.replace("_", "-")
    [container] = pods(manifests)[name]["spec"]["containers"]
    assert container["image"] == f"recruitflow/{service}"
    assert container["ports"] == [{"name": "http", "containerPort": 8080}]
    assert container["livenessProbe"]["httpGet"] == {"path": "/livez", "port": "http"}
    assert {"configMapRef": {"name": "recruitflow"}} in container["envFrom"]
    [secret] = [each["secretRef"]["name"] for each in container["envFrom"] if "secretRef" in each]
    base = yaml.safe_load((K8S / "kustomization.yaml").read_text())
    common = {literal.split("=")[0] for literal in base["configMapGenerator"][0]["literals"]}
    given = {each["name"] for each in container["env"]} | SECRETS[secret]["stringData"].keys() | common
    assert given <= {field.upper() for field in settings_of[service].model_fields}
    assert {"DATABASE_URL", "NATS_URL", "NATS_USER", "NATS_PASSWORD", "BLOBS_URL"} <= given


def test_every_image_has_a_place_for_its_version(manifests: list[Manifest]) -> None:
    base = yaml.safe_load((K8S / "kustomization.yaml").read_text())
    images = {
        container["image"]
        for template in pods(manifests).values()
        for container in template["spec"]["containers"]
        if container["image"].startswith("recruitflow/")
    }
    assert images == {each["name"] for each in base["images"]}


def test_every_secret_and_volume_that_is_named_exists(manifests: list[Manifest]) -> None:
    claims = {each["metadata"]["name"] for each in manifests if each["kind"] == "PersistentVolumeClaim"}
    for name, template in pods(manifests).items():
        for container in template["spec"]["containers"]:
            whole = [each.get("secretRef") for each in container.get("envFrom", ())]
            named = [each["name"] for each in whole if each]
            sources = [each.get("valueFrom", {}).get("secretKeyRef") for each in container.get("env", ())]
            keyed = [each for each in sources if each]
            assert set(named) <= SECRETS.keys(), name
            assert all(each["key"] in SECRETS[each["name"]]["stringData"] for each in keyed), name
        for volume in template["spec"].get("volumes", ()):
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in claims


def test_bus_and_preparation_are_told_every_password() -> None:
    users = {bus_password(name) for name in (*SERVICES, OPERATOR)}
    assert SECRETS["recruitflow-nats"]["stringData"].keys() == users
    roles = {password_variable(service) for service in SERVICES}
    assert SECRETS["recruitflow-prepare"]["stringData"].keys() == roles | {"DATABASE_URL", "NATS_URL"}


def test_selectors_find_their_pods_and_policies_name_real_ones(manifests: list[Manifest]) -> None:
    labels = [template["metadata"]["labels"] for template in pods(manifests).values()]
    names = {each["app.kubernetes.io/name"] for each in labels}
    for manifest in manifests:
        if manifest["kind"] == "Service":
            wanted = manifest["spec"]["selector"]
            assert any(wanted.items() <= each.items() for each in labels), manifest["metadata"]["name"]
        if manifest["kind"] == "NetworkPolicy":
            for expression in manifest["spec"]["podSelector"].get("matchExpressions", ()):
                assert set(expression["values"]) <= names


def test_who_may_reach_the_internet_reaches_nothing_private(manifests: list[Manifest]) -> None:
    """The cluster's own API answers on 443 too."""
    blocks = [
        peer["ipBlock"]
        for manifest in manifests
        if manifest["kind"] == "NetworkPolicy"
        for rule in manifest["spec"].get("egress", ())
        for peer in rule.get("to", ())
        if "ipBlock" in peer
    ]
    assert blocks
    for block in blocks:
        kept_out = [ip_network(each) for each in block["except"]]
        for address in ("10.96.0.1", "172.20.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"):
            assert any(ip_address(address) in each for each in kept_out), address


def test_every_file_of_the_base_is_part_of_it() -> None:
    base = yaml.safe_load((K8S / "kustomization.yaml").read_text())
    listed = {each for each in base["resources"] if each.endswith(".yaml")} | {
        each["path"] for each in base["patches"]
    }
    there = {path.name for path in K8S.glob("*.yaml")} - {"kustomization.yaml", "secrets.template.yaml"}
    assert listed == there
    for folder in ("nats", "postgres"):
        own = yaml.safe_load((K8S.parent / folder / "kustomization.yaml").read_text())
        files = [
            *own["resources"],
            *(name for each in own.get("configMapGenerator", ()) for name in each["files"]),
        ]
        assert all((K8S.parent / folder / name).is_file() for name in files)
