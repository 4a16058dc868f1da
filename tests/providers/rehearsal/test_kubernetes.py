"""The stand-in for a cluster refuses what an API server refuses, and its objects are named as the real provider's."""

from collections.abc import Callable

import grpc
import pytest

from .conftest import Rig

NAMESPACE, DEPLOYMENT, SECRET = (
    "kubernetes:core/v1:Namespace",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:core/v1:Secret",
)
RELEASE, QUEUE = "kubernetes:helm.sh/v3:Release", "kubernetes:kueue.x-k8s.io/v1beta1:ClusterQueue"
STATED = {"apiVersion": "kueue.x-k8s.io/v1beta1", "kind": "ClusterQueue"}
CHART = {
    "chart": "gpu-operator",
    "version": "v25.3.4",
    "repositoryOpts": {"repo": "https://helm.ngc.nvidia.com/nvidia"},
}
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: {name}
contexts: [{{name: {name}, context: {{cluster: {name}, user: me}}}}]
clusters: [{{name: {name}, cluster: {{server: "https://{name}.example"}}}}]
users: [{{name: me, user: {{token: t}}}}]
"""


def deployment(**changes: object) -> dict[str, object]:
    """A workload that an API server takes."""
    pod = {"containers": [{"name": "web", "image": "nginx:1.29"}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    return {
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template, "replicas": 1, **changes}
    }


@pytest.fixture
def cluster(rig: Callable[..., Rig]) -> Rig:
    """Give a cluster."""
    served = rig("kubernetes")
    served.configure(kubeconfig=KUBECONFIG.format(name="one"))
    return served


@pytest.mark.parametrize(
    ("token", "inputs", "told"),
    [
        (DEPLOYMENT, deployment(replcas=2), "did you mean 'replicas'?"),
        (DEPLOYMENT, deployment(selector={"matchLabels": {"app": "wep"}}), "does not match the template's labels: app"),
        (DEPLOYMENT, {"metadata": {"namespace": "nowhere"}, **deployment()}, 'namespaces "nowhere" not found'),
        (DEPLOYMENT, {"metadata": {"name": "Web"}, **deployment()}, "'Web' is not a valid name"),
        (NAMESPACE, {"metadata": {"name": "a.b"}}, "'a.b' is not a valid name"),
        ("kubernetes:core/v1:Service", {"metadata": {"name": "1st"}}, "beginning with a letter"),
        (NAMESPACE, {"metadata": {"name": "a", "labels": {"x": "not a value"}}}, "is not a valid label value"),
        (NAMESPACE, {"metadata": {"name": "a", "labels": {"bad key": "x"}}}, "is not a valid label key"),
        ("kubernetes:apps/v1:Deploymnt", {}, "did you mean 'Deployment'?"),
        (QUEUE, {**STATED, "kind": "LocalQueue"}, "it has to be 'ClusterQueue'"),
        (QUEUE, {"metadata": {"name": "q"}}, "the required property 'apiVersion' is missing"),
        (QUEUE, {**STATED, "metadata": {"nam": "q"}}, "did you mean 'name'?"),
        (RELEASE, {**CHART, "version": None}, "has no version"),
        (RELEASE, {**CHART, "version": ">=1.0"}, "is not one version"),
        (RELEASE, {**CHART, "repositoryOpts": {"repo": "http://charts"}}, "is not an https:// or oci:// address"),
        (RELEASE, {**CHART, "repositoryOpts": None}, "has no repository"),
        (RELEASE, {**CHART, "values": ["a"]}, "is not a map"),
    ],
)  # fmt: skip
def test_what_an_api_server_refuses_is_refused(
    cluster: Rig, token: str, inputs: dict[str, object], told: str
) -> None:
    """Unknown fields, bad names and labels, missing namespaces and unpinned charts fail in Check."""
    _, problems = cluster.check(token, inputs)
    assert any(told in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (DEPLOYMENT, {"metadata": {"namespace": "kube-system"}, **deployment()}),
        (QUEUE, {**STATED, "metadata": {"name": "q"}, "spec": {"anything": [1]}, "more": True}),
        (
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
            {"metadata": {"name": "system:gpu"}, "rules": []},
        ),
        (RELEASE, CHART),
        (RELEASE, {"chart": "oci://ghcr.io/x/y", "version": "1.2.3"}),
        (RELEASE, {"chart": "./charts/mine"}),
    ],
)
def test_what_an_api_server_takes_passes(cluster: Rig, token: str, inputs: dict[str, object]) -> None:
    """Own namespaces, custom resources, role names with colons and pinned charts raise no false alarm."""
    assert cluster.check(token, inputs)[1] == []


def test_objects_have_the_names_and_ids_of_the_real_provider(cluster: Rig) -> None:
    """A generated name is marked, an id carries the namespace, and the server's own fields appear."""
    id_, made = cluster.create(DEPLOYMENT, deployment(), "web")
    assert id_.startswith("default/web-")
    assert made["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    assert made["metadata"]["uid"]
    assert (made["apiVersion"], made["kind"]) == ("apps/v1", "Deployment")
    assert cluster.create(NAMESPACE, {"metadata": {"name": "ml"}})[0] == "ml"


def test_a_namespace_of_a_release_counts(cluster: Rig) -> None:
    """`createNamespace` makes a namespace that objects may live in."""
    release = {**CHART, "name": "op", "namespace": "gpu-operator", "createNamespace": True}
    id_, made = cluster.create(RELEASE, release)
    assert id_ == "gpu-operator/op"
    assert made["status"]["status"] == "deployed"
    assert cluster.check(SECRET, {"metadata": {"namespace": "gpu-operator"}})[1] == []


def test_two_clusters_do_not_see_each_other(rig: Callable[..., Rig]) -> None:
    """The same name may exist in two clusters; a namespace of one is none of the other."""
    one, two = rig("kubernetes"), rig("kubernetes")
    one.configure(kubeconfig=KUBECONFIG.format(name="one"))
    two.configure(kubeconfig=KUBECONFIG.format(name="two"))
    one.create(NAMESPACE, {"metadata": {"name": "ml"}})
    assert two.check(SECRET, {"metadata": {"namespace": "ml"}})[1] != []
    two.create(NAMESPACE, {"metadata": {"name": "ml"}})
    with pytest.raises(grpc.RpcError, match="AlreadyExists"):
        one.create(NAMESPACE, {"metadata": {"name": "ml"}}, "again")


@pytest.mark.parametrize(
    ("token", "old", "new", "replaced"),
    [
        (DEPLOYMENT, deployment(), deployment(replicas=2), False),
        (DEPLOYMENT, deployment(), deployment(selector={"matchLabels": {"app": "x"}}), True),
        (NAMESPACE, {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, True),
        (NAMESPACE, {"metadata": {"name": "a"}}, {"metadata": {"name": "a", "labels": {"x": "y"}}}, False),
        (SECRET, {"type": "Opaque"}, {"type": "kubernetes.io/tls"}, True),
        (RELEASE, CHART, {**CHART, "version": "v25.3.5"}, False),
    ],
)
def test_immutable_fields_replace_and_others_do_not(
    cluster: Rig, token: str, old: dict[str, object], new: dict[str, object], replaced: bool
) -> None:
    """A selector, a name and a secret's type need a new object; replicas, labels and a chart's version do not."""
    answer = cluster.diff(token, "default/it", old, new)
    assert bool(answer.replaces) == replaced
    assert answer.diffs


def test_a_deleted_namespace_takes_its_objects_along(cluster: Rig) -> None:
    """What lived in a namespace is gone with it."""
    id_, made = cluster.create(NAMESPACE, {"metadata": {"name": "ml"}}, "ml")
    cluster.create(SECRET, {"metadata": {"name": "s", "namespace": "ml"}}, "s")
    cluster.delete(NAMESPACE, id_, made)
    assert cluster.account.count() == 0
