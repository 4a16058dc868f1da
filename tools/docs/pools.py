"""What the options of a pool may be on each platform, from the files that read them; every cloud's SDK is loaded."""

from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

from components.gpu_cluster.aws import karpenter_pool, nodes
from components.gpu_cluster.azure import agent_pool
from components.gpu_cluster.gcp import node_pool
from components.gpu_cluster.onprem.hosts import SiteArgs
from infra.docstrings import field_docs

_OWN = {
    "installer_image": "A mirror of the fabric plugin's image.",
    "daemon_image": "A mirror of the image of the fabric plugin's daemon.",
    "tpu_topology": "Shape of a TPU slice. Default: of as many chips as the machines have.",
}
"""What is ours on Google Cloud, and no argument of a node pool."""
_TYPES = {str: "string", int: "integer"}


def options() -> dict[str, dict[str, Any]]:
    """Give the JSON Schema of a pool's `options` by platform."""
    karpenter = karpenter_pool.CLASS_OPTIONS + karpenter_pool.POOL_OPTIONS
    own = sorted(set(node_pool.OPTIONS) - set(node_pool.NODE_OPTIONS))
    return {
        "aws": _closed(
            _named(
                nodes.TEMPLATE_OPTIONS, "Argument of `pulumi_aws.ec2.LaunchTemplate`, not for spot machines."
            )
            | _named(nodes.GROUP_OPTIONS, "Argument of `pulumi_aws.eks.NodeGroup`, not for spot machines.")
            | _named(karpenter, "Field of Karpenter's `EC2NodeClass` or `NodePool`, for spot machines.")
        ),
        "gcp": _closed(
            _named(node_pool.NODE_OPTIONS, "Argument of `pulumi_gcp.container.NodePoolNodeConfigArgs`.")
            | {name: {"description": _OWN[name]} for name in own}
        ),
        "azure": _closed(
            _named(agent_pool.OPTIONS, "Argument of `pulumi_azure_native.containerservice.AgentPool`.")
        ),
        "onprem": _fields(SiteArgs),
    }


def _named(names: Iterable[str], description: str) -> dict[str, Any]:
    return {name: {"description": description} for name in sorted(names)}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _fields(args: Any) -> dict[str, Any]:
    """Give the schema of a TypedDict, with the string under each field."""
    docs, hints = field_docs(args), get_type_hints(args)
    found = {name: {"description": docs[name], **_value(kind)} for name, kind in hints.items()}
    return {**_closed(found), "required": sorted(args.__required_keys__)}


def _value(kind: Any) -> dict[str, Any]:
    if is_typeddict(kind):
        return _fields(kind)
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is dict:
        return {"type": "object", "additionalProperties": _value(get_args(kind)[1])}
    if get_origin(kind) is list:
        return {"type": "array", "items": _value(get_args(kind)[0])}
    return {"type": _TYPES[kind]}
