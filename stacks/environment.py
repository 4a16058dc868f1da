"""The record of an environment in its own stack: what the judges read."""

import pulumi

from infra.settings import Settings


class Environment(pulumi.ComponentResource):
    """Carries the environment's promises (data classes, budget, place) as inputs; it has no children.

    Policies find residency, rotation and caps here, in the graph itself, so that a saved state can be judged
    without the stack file.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        inputs = {
            "stack": name,
            "platform": settings.platform,
            "region": settings.region,
            "jurisdiction": settings.jurisdiction,
            "dataClasses": {
                data_class: {
                    "jurisdictions": list(promise.jurisdictions),
                    "rotationDays": promise.rotation_days,
                    "personal": promise.personal,
                }
                for data_class, promise in settings.data_classes.items()
            },
            "budget": {"monthlyUsd": settings.budget.monthly_usd, "perTeam": dict(settings.budget.per_team)},
            "owner": settings.owner,
            "team": settings.team,
            "costCenter": settings.cost_center,
        }
        super().__init__("causeway:index:Environment", name, inputs)
        self.register_outputs({})
