"""Labels of what a stack makes."""

import pulumi

from infra.labels import Labels
from infra.platforms import Platform
from infra.settings import Ownership, Promises


def labels(stack: Ownership, platform: Platform, component: str, data_class: str = "") -> dict[str, str]:
    """Give the labels of a component's resources, spelled for the platform."""
    own = Labels(
        stack=pulumi.get_stack(),
        component=component,
        owner=stack.owner,
        team=stack.team,
        cost_center=stack.cost_center,
        data_class=data_class,
        extra=stack.labels,
    )
    return own.spelled(platform)


def strictest(promises: Promises) -> str:
    """Give the class that asks most of what all may cross: a personal one if there is any."""
    classes = promises.data_classes
    return next((name for name, promise in classes.items() if promise.personal), next(iter(classes)))
