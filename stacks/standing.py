"""What a stack stands on, and whether that carries it: known before anything is made, and before an engine starts."""

from infra.problems import Problem
from infra.settings import UNSAID, Hybrid, Settings, Stack, Tenant
from stacks import across, admission
from stacks.reference import Source, known


def roles(settings: Stack) -> dict[str, str]:
    """Give the stacks that this one stands on, each by where the settings name it."""
    if isinstance(settings, Settings):
        return {}
    if isinstance(settings, Hybrid):
        return {f"references.{role}": stack for role, stack in settings.references.model_dump().items()}
    return {"stands_on": settings.stands_on}


def mistakes(settings: Stack, source: Source, stack: str) -> list[Problem]:
    """Give everything in the settings that the stacks below do not carry.

    Args:
        settings: The stack's settings; names that were not given (`UNSAID`) are not looked for.
        source: Where the outputs of the stacks below are.
        stack: The stack's own name.
    """
    wanted = roles(settings)
    found, problems = known({at: stack for at, stack in wanted.items() if stack != UNSAID}, source)
    if problems or len(found) < len(wanted):
        return problems
    if isinstance(settings, Hybrid):
        return across.mistakes(settings, found["references.site"], found["references.cloud"])
    if isinstance(settings, Tenant):
        return list(admission.mistakes(settings, found["stands_on"], stack))
    return []
