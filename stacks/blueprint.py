"""The one blueprint: a foundation, and what runs on it. Parts that settings leave out are not built."""

from typing import Any

import pulumi

from infra.settings import Settings
from stacks.environment import Environment
from stacks.foundation import Foundation
from stacks.tenants import serve, train

Outputs = dict[str, pulumi.Input[Any]]


def build(settings: Settings) -> Outputs:
    """Build an environment and give what it exports: flat names, secrets apart."""
    Environment(pulumi.get_stack(), settings)
    ground = Foundation(settings)
    outputs: Outputs = {f"store_{name}": store.url for name, store in ground.stores.items()}
    for name, link in ground.links.items():
        outputs |= {f"link_{name}": link.ports, f"link_{name}_keys": link.keys}
    job = train(ground) if settings.training else None
    if job:
        outputs["training"] = job.result
    if settings.serving:
        outputs["endpoint"] = serve(ground, job).url
    return outputs
