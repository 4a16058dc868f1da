"""The record of an environment in its own stack: what the judges read."""

from collections.abc import Mapping

import pulumi

from infra.settings import DataClass, Ownership
from infra.settings.money import wire


class Environment(pulumi.ComponentResource):
    """Carries the environment's promises (data classes, budget, place) as inputs; it has no children.

    Policies find residency, rotation and caps here, in the graph itself, so that a saved state can be judged
    without the stack file. A stack over two environments has no platform and no region: each part has its own.
    """

    def __init__(
        self,
        name: str,
        stack: Ownership,
        data_classes: Mapping[str, DataClass],
        *,
        platform: str = "",
        region: str = "",
        jurisdiction: str | None = None,
    ) -> None:
        inputs = {
            "stack": name,
            "platform": platform,
            "region": region,
            "jurisdiction": jurisdiction,
            "dataClasses": {
                data_class: {
                    "jurisdictions": list(promise.jurisdictions),
                    "rotationDays": promise.rotation_days,
                    "personal": promise.personal,
                }
                for data_class, promise in data_classes.items()
            },
            "budget": wire(stack.budget),
            "owner": stack.owner,
            "team": stack.team,
            "costCenter": stack.cost_center,
        }
        super().__init__("causeway:index:Environment", name, inputs)
        self.register_outputs({})
