"""What a stack file becomes: an environment, or what spans two of them."""

from typing import Any

import pulumi

from infra.settings import Hybrid, Settings, Stack
from stacks import hybrid
from stacks.environment import Environment
from stacks.foundation import Foundation
from stacks.ground import told
from stacks.tenants import serve, train

Outputs = dict[str, pulumi.Input[Any]]


def build(settings: Stack) -> Outputs:
    """Build what the settings describe and give what it exports."""
    return hybrid.build(settings) if isinstance(settings, Hybrid) else environment(settings)


def environment(settings: Settings) -> Outputs:
    """Build a foundation, and what runs on it; parts that settings leave out are not built.

    Exports are flat names, secrets apart; `ground` and `kubeconfig` are for stacks that stand on this one.
    """
    Environment(
        pulumi.get_stack(),
        settings,
        platform=settings.platform,
        region=settings.region,
        jurisdiction=settings.jurisdiction,
    )
    ground = Foundation(settings)
    outputs: Outputs = {f"store_{name}": store.url for name, store in ground.stores.items()}
    for name, link in ground.links.items():
        outputs |= {f"link_{name}": link.ports, f"link_{name}_keys": link.keys}
    job = train(ground) if settings.training else None
    if job:
        outputs["training"] = job.result
    if settings.serving:
        outputs["endpoint"] = serve(ground, job).url
    return outputs if settings.here else outputs | told(ground)
