"""An inference service on Kubernetes: servers behind one address inside the cluster."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.inference_service.shape import InferenceServiceOutputs, InferenceServiceSpec
from components.kubernetes import pods, reach, tenancy


def build(name: str, spec: InferenceServiceSpec, opts: pulumi.ResourceOptions) -> InferenceServiceOutputs:
    """Start the servers and give their address.

    Raises:
        ProblemsError: What the cluster is was not said.
    """
    place = alone(tenancy.place(spec.platform, spec.cluster))
    corner = tenancy.corner(name, spec.cluster, spec.labels, opts)
    volume = tenancy.claim(corner, spec.cluster["volume"]) if spec.cluster.get("volume") else None
    plain = pods.spec(
        place,
        spec.pod,
        environment=pods.environment(spec.environment, spec.pod),
        account=name,
        volume=volume,
        secret=corner.secret,
        token=spec.cluster.get("token"),
    )
    template = tenancy.trusting(corner, plain)
    selector = {"causeway/service": name}
    corner = reach.guard(corner, selector, spec.pod["ports"].values())
    k8s.apps.v1.Deployment(
        name,
        metadata={**corner.metadata(), "annotations": {"pulumi.com/skipAwait": "true"}},
        spec=deployment(corner, spec, template, selector),
        opts=corner.opts,
    )
    k8s.policy.v1.PodDisruptionBudget(
        name,
        metadata=corner.metadata(),
        spec={"maxUnavailable": 1, "selector": {"matchLabels": selector}},
        opts=corner.opts,
    )
    k8s.core.v1.Service(
        name,
        metadata=corner.metadata(),
        spec={
            "type": "ClusterIP",
            "selector": selector,
            "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
        },
        opts=corner.opts,
    )
    return InferenceServiceOutputs(url=pulumi.Output.from_input(f"http://{name}.{name}.svc.cluster.local"))


def alone(place: pods.Place) -> pods.Place:
    """Join no fabric, also on machines that do: a server is one pod. It bears the taint of their pool all the same."""
    own = ("causeway/pool",) if place.fabric else ()
    return replace(place, fabric=False, taints=(*place.taints, *own))


def deployment(
    corner: tenancy.Corner,
    spec: InferenceServiceSpec,
    template: Mapping[str, Any],
    selector: Mapping[str, str],
) -> dict[str, Any]:
    """Write the deployment. A change ends a server before its successor starts: GPUs have no spare.

    The model is written on the pods, so that a new one restarts them. Where there is room, one zone or one machine that
    is lost takes one server along.
    """
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(selector)},
    }
    apart = {
        "labelSelector": {"matchLabels": dict(selector)},
        "topologyKey": "kubernetes.io/hostname",
    }
    preferred = [{"weight": 100, "podAffinityTerm": apart}]
    return {
        "replicas": spec.replicas,
        "selector": {"matchLabels": dict(selector)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
        "progressDeadlineSeconds": max(spec.start_seconds, 600),
        "template": {
            "metadata": {
                "labels": {**corner.labels, **selector, **spec.cluster.get("pod_labels", {})},
                "annotations": {"causeway/model": spec.model, **spec.cluster.get("pod_annotations", {})},
            },
            "spec": {
                **template,
                "topologySpreadConstraints": [spread],
                "affinity": {
                    "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}
                },
            },
        },
    }
