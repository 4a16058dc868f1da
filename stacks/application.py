"""The blueprint of workloads alone, on an environment that another stack made."""

from typing import Any

import pulumi

from infra.problems import ProblemsError
from infra.settings import DataClass, Tenant
from stacks import admission, reference, standing
from stacks.environment import Environment
from stacks.host import Host
from stacks.tenants import tenants


def build(settings: Tenant) -> dict[str, pulumi.Input[Any]]:
    """Build the workloads and give what they export.

    Raises:
        ProblemsError: The stack that it stands on is not there or does not fit; nothing was made.
    """
    below = reference.read(standing.roles(settings))["stands_on"]
    settings = admission.settled(settings, pulumi.get_stack())
    if problems := list(admission.mistakes(settings, below, pulumi.get_stack())):
        raise ProblemsError(f"the stack can't stand on {below.stack}", problems)
    classes = {
        name: DataClass.model_validate(promise.model_dump())
        for name, promise in admission.promises(settings, below).items()
    }
    Environment(
        pulumi.get_stack(),
        settings,
        classes,
        platform=below.ground.platform,
        region=below.ground.region,
        jurisdiction=below.ground.jurisdiction or None,
    )
    return tenants(Host.read(below, settings), settings.training, settings.serving)
