"""What a state says of a cluster: objects in order, secrets open, and the pods that would come of them."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from components.account import onprem as site_account
from components.gpu_cluster.aws import versions as aws
from components.kubernetes import operators
from components.shared_filesystem import onprem as shared
from console.judge import charts, cluster, crds, objects
from console.judge.server import Answer
from infra.catalog import fabrics

from . import made


def test_objects_are_what_an_api_knows() -> None:
    """Providers, charts and other clouds' resources are none; the order is that of the state."""
    others = [
        {"urn": "a", "type": "pulumi:providers:kubernetes", "inputs": {}},
        {"urn": "b", "type": "kubernetes:helm.sh/v3:Release", "inputs": {}},
        {"urn": "c", "type": "aws:s3/bucket:Bucket", "inputs": {}},
    ]
    found = objects.wanted(made.state(*others, made.resource(made.PLACE), made.resource(made.config(a="b"))))
    assert [one.kind for one in found] == ["Namespace", "ConfigMap"]
    assert (found[1].namespace, found[1].group, found[1].version) == ("it", "", "v1")


def test_secrets_are_opened_in_memory() -> None:
    """A mark of the engine gives way to its value, at any depth, and what the engine keeps for itself goes."""
    marked = {**made.SIGNATURE, "plaintext": json.dumps({"token": "t"})}
    given = made.config(a="b") | {"stringData": marked, "__defaults": []}
    (found,) = objects.wanted(made.state(made.resource(given)))
    assert found.body["stringData"] == {"token": "t"}
    assert "__defaults" not in found.body


def test_controllers_have_pods() -> None:
    """The pod of a job lives where the job does; a config map has none."""
    (job,) = objects.wanted(made.state(made.resource(made.job())))
    (pod,) = objects.pods(job)
    assert (pod["kind"], pod["metadata"]["namespace"]) == ("Pod", "it")
    (plain,) = objects.wanted(made.state(made.resource(made.config())))
    assert list(objects.pods(plain)) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "no"}, ("no",)),
        ({"details": {"causes": [{"field": "spec.x", "message": "bad"}]}}, ("spec.x: bad",)),
        ({}, ("refused without a reason",)),
    ],
)
def test_a_refusal_names_its_causes(body: dict[str, Any], said: tuple[str, ...]) -> None:
    """Each cause is told with its path, else the one message; consent says nothing but its warnings."""
    assert Answer(422, body).complaints == said
    assert Answer(200, {}, ("old",)).complaints == ("old",)


def test_definitions_are_of_the_versions_that_run() -> None:
    """Karpenter and Rook are judged by the definitions of the very versions that our charts install."""
    by_module = {one.module: one.version for one in crds.sources()}
    assert by_module["sigs.k8s.io/karpenter"] == f"v{aws.KARPENTER}"
    assert by_module["github.com/aws/karpenter-provider-aws"] == f"v{aws.KARPENTER}"
    assert by_module["github.com/rook/rook"] == site_account.ROOK


def test_charts_are_of_the_versions_that_run() -> None:
    """Values are read beside the charts that we install, and not beside others."""
    text = Path(charts.__file__).with_name("charts.toml").read_text(encoding="utf-8")
    network = fabrics.get("infiniband-ndr").plugin.pinned  # type: ignore[union-attr]  # it has one
    rows = {name: row["chart"] for name, row in tomllib.loads(text).items() if "chart" in row}
    assert rows == {
        "karpenter": aws.KARPENTER,
        "nvidia-device-plugin": aws.NVIDIA_PLUGIN,
        "rook-ceph": site_account.ROOK,
        "ceph-csi-drivers": shared.DRIVERS_VERSION,
        "gpu-operator": operators.GPU_OPERATOR,
        "network-operator": network.removeprefix("v"),
    }


def test_the_server_is_as_old_as_the_oldest_cluster() -> None:
    """What it takes, newer ones take: no pool of ours runs an older Kubernetes."""
    from components.gpu_cluster.azure import versions as azure
    from components.gpu_cluster.gcp import versions as gcp

    pinned = [
        tuple(map(int, one.split(".")[:2])) for one in (aws.KUBERNETES, azure.KUBERNETES, gcp.KUBERNETES)
    ]
    assert tuple(map(int, cluster.version().split(".")[:2])) == min(pinned)


def test_a_folder_of_definitions_comes_first(tmp_path: Path) -> None:
    """What a person gives is taken as it is, and nothing is fetched for its group."""
    definition = {
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "its.example.org"},
        "spec": {"group": "example.org"},
    }
    (tmp_path / "it.yaml").write_text(f"# ours\n---\n{json.dumps(definition)}\n---\nkind: Other\n")
    found = crds.find({"example.org"}, tmp_path)
    assert [one["metadata"]["name"] for one in found.definitions] == ["its.example.org"]
    assert found.missing == {}


def test_a_group_without_a_source_says_so() -> None:
    """The reason is told, and what a person can do."""
    found = crds.find({"nobody.example.org"})
    assert found.definitions == ()
    assert "--crds" in found.missing["nobody.example.org"]
