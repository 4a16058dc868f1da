"""What a stack file becomes: an environment, what spans two of them, or workloads on one."""

from typing import Any

import pulumi

from infra.settings import Hybrid, Settings, Stack, Tenant
from stacks import application, hybrid
from stacks.environment import Environment
from stacks.foundation import Foundation
from stacks.host import Host
from stacks.telling import told
from stacks.tenants import tenants

Outputs = dict[str, pulumi.Input[Any]]


def build(settings: Stack) -> Outputs:
    """Build what the settings describe and give what it exports."""
    if isinstance(settings, Hybrid):
        return hybrid.build(settings)
    return application.build(settings) if isinstance(settings, Tenant) else environment(settings)


def environment(settings: Settings) -> Outputs:
    """Build a foundation, and what runs on it; parts that settings leave out are not built.

    Exports are flat names, secrets apart; `ground` and `kubeconfig` are for stacks that stand on this one.
    """
    Environment(
        pulumi.get_stack(),
        settings,
        settings.data_classes,
        platform=settings.platform,
        region=settings.region,
        jurisdiction=settings.jurisdiction,
    )
    ground = Foundation(settings)
    outputs: Outputs = {f"store_{name}": store.url for name, store in ground.stores.items()}
    for name, link in ground.links.items():
        outputs |= {f"link_{name}": link.ports, f"link_{name}_keys": link.keys}
    outputs |= tenants(Host.made(ground), settings.training, settings.serving)
    return outputs if settings.here else outputs | told(ground)
