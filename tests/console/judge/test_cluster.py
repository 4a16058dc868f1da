"""A real API server: what it finds that no schema knows, and that nothing of it is left."""

import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from console.judge.court import Court, Verdict
from console.judge.server import Server

from .made import PLACE, config, job, resource, state

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Give one server to all tests; each uses a namespace of the same name."""
    with Server() as running:
        yield running


def heard(server: Server, *bodies: dict[str, Any]) -> Verdict:
    """Put objects before the server, in a namespace of the strictest level."""
    court = Court(server)
    verdict = court.hear(state(resource(restricted()), *(resource(body) for body in bodies)))
    court.hear(state())  # takes them away again, for the next test
    return verdict


def restricted() -> dict[str, Any]:
    """Give a namespace whose pods may have no rights over nodes."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {**PLACE, "metadata": {"name": "it", "labels": labels}}


def test_what_is_right_passes(server: Server) -> None:
    """Three objects and the pod of one: not a word."""
    verdict = heard(server, config(a="b"), job())
    assert (verdict.heard, verdict.complaints, verdict.unjudged) == (3, (), {})


def test_a_misspelt_field_is_found(server: Server) -> None:
    """It is told with the object's URN and the field's path, and what is right beside it passes."""
    wrong = job()
    wrong["spec"]["template"]["spec"]["containers"][0]["imagePullPolice"] = "Always"
    verdict = heard(server, config(a="b"), wrong)
    assert {complaint.urn.rpartition("::")[0] for complaint in verdict.complaints} == {
        "urn:pulumi:it::causeway::kubernetes:batch/v1:Job"
    }
    assert "imagePullPolice" in verdict.complaints[0].text
    assert "spec.template.spec.containers" in verdict.complaints[0].text


def test_a_bad_label_value_is_found(server: Server) -> None:
    """The path of the label is named, and what a value may be."""
    wrong = config(a="b")
    wrong["metadata"]["labels"] = {"owner": "ml platform"}
    complaints = heard(server, wrong).complaints
    assert any(one.text.startswith("metadata.labels: ") and "ml platform" in one.text for one in complaints)


def test_a_pod_that_asks_for_too_much_is_found(server: Server) -> None:
    """The job is taken, and its pod would never come: the namespace's level forbids the capability."""
    capabilities = {"drop": ["ALL"], "add": ["IPC_LOCK"]}
    security = {"allowPrivilegeEscalation": False, "capabilities": capabilities}
    (complaint,) = heard(server, job(securityContext=security)).complaints
    assert complaint.text.startswith("its pod: ")
    assert "IPC_LOCK" in complaint.text


def test_a_quantity_that_is_none_is_found(server: Server) -> None:
    """`8GB` is no quantity; Kubernetes writes 8G or 8Gi."""
    complaints = heard(server, job(resources={"requests": {"memory": "8GB"}})).complaints
    assert any("quantit" in complaint.text for complaint in complaints)


def test_a_change_in_place_of_what_never_changes_is_found(server: Server) -> None:
    """The same job with another image is refused; as a new one, which the engine says by another id, it passes."""
    court, room = Court(server), resource(restricted())
    named = job()
    named["metadata"] = {"name": "changing", "namespace": "it"}
    assert court.hear(state(room, resource(named))).complaints == ()
    other = job(image="example.org/other")
    other["metadata"] = named["metadata"]
    (complaint,) = court.hear(state(room, resource(other))).complaints
    assert complaint.text.startswith("spec.template: ")
    assert "immutable" in complaint.text
    assert court.hear(state(room, resource(other, uid="2"))).complaints == ()


def test_custom_kinds_are_judged_by_their_authors(server: Server) -> None:
    """Karpenter's own definition finds a misspelt field of a node pool; a kind that its group has not is found too."""
    template = {
        "spec": {
            "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "it"},
            "requirements": [{"key": "a", "operator": "Exists"}],
        }
    }
    pool = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "it"}}
    right, wrong = {"template": template}, {"template": template, "disrupton": {}}
    assert Court(server).hear(state(resource({**pool, "spec": right}))).complaints == ()
    (complaint,) = Court(server).hear(state(resource({**pool, "spec": wrong}))).complaints
    assert "disrupton" in complaint.text
    (complaint,) = Court(server).hear(state(resource({**pool, "kind": "NodePol", "spec": {}}))).complaints
    assert complaint.text == "kind: karpenter.sh/v1 has no 'NodePol'"


def test_what_nobody_defines_is_said(server: Server) -> None:
    """A group without definitions is no complaint and no consent: it is named, with the reason."""
    body = {"apiVersion": "nobody.example.org/v1", "kind": "It", "metadata": {"name": "it"}, "spec": {}}
    verdict = heard(server, body)
    assert (verdict.heard, verdict.complaints) == (1, ())
    assert "no source" in verdict.unjudged["nobody.example.org"]


def test_a_value_that_no_chart_knows_is_found(server: Server) -> None:
    """Helm would ignore it: Rook's chart of this version has no word for what an older one had."""
    release = {
        "urn": "urn:pulumi:it::causeway::kubernetes:helm.sh/v3:Release::rook-ceph",
        "type": "kubernetes:helm.sh/v3:Release",
        "inputs": {
            "chart": "rook-ceph",
            "version": "v1.20.1",
            "values": {"logLevel": "INFO", "csi": {"enableCSIEncryption": True}},
        },
    }
    (complaint,) = Court(server).hear(state(release)).complaints
    assert complaint.text == "values.csi.enableCSIEncryption: the chart knows no such value"


def test_nobody_else_is_let_in_and_nothing_is_left() -> None:
    """It listens on this machine alone, answers no one without the token, and goes with its folder."""
    with Server() as running:
        folder = Path(running._folder.name)
        process = psutil.Process(running._process.pid if running._process else 0)
        assert folder.stat().st_mode & 0o077 == 0
        listening = [one for one in process.net_connections() if one.status == psutil.CONN_LISTEN]
        assert {one.laddr.ip for one in listening if one.family == socket.AF_INET} == {"127.0.0.1"}
        context = ssl.create_default_context(cafile=str(folder / "certificates" / "apiserver.crt"))
        address = f"https://127.0.0.1:{listening[0].laddr.port}/api/v1/namespaces"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(address, timeout=20, context=context)
    assert not folder.exists()
    assert not process.is_running()
