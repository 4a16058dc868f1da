"""States of stacks as the engine exports them, with what a test puts into them."""

from typing import Any

SIGNATURE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
"""How the engine marks a secret."""

PLACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "it"}}


def resource(body: dict[str, Any], uid: str = "1") -> dict[str, Any]:
    """Give one object as a resource of a state."""
    version, name = body["apiVersion"], body["metadata"]["name"]
    token = f"kubernetes:{version if '/' in version else f'core/{version}'}:{body['kind']}"
    return {
        "urn": f"urn:pulumi:it::causeway::{token}::{name}",
        "type": token,
        "custom": True,
        "inputs": body,
        "outputs": {"metadata": {"uid": uid}},
    }


def state(*resources: dict[str, Any]) -> dict[str, Any]:
    """Give a state with these resources."""
    return {"version": 3, "deployment": {"resources": list(resources)}}


def config(**data: Any) -> dict[str, Any]:
    """Give a config map."""
    metadata = {"name": "it", "namespace": "it"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def job(**more: Any) -> dict[str, Any]:
    """Give a job whose pod the strictest level admits, with more in its container."""
    container = {
        "name": "it",
        "image": "example.org/it",
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        **more,
    }
    pod = {
        "restartPolicy": "Never",
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }
    metadata = {"name": "it", "namespace": "it"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {"template": {"metadata": {}, "spec": pod}},
    }
