"""What a check may know besides its resource."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.catalog.cost.ledger import Ledger
from policy.model.environment import Environment
from policy.model.exemption import Exemption
from policy.model.graph import Graph


@dataclass(frozen=True)
class Facts:
    """The surroundings of a resource at the moment it is judged."""

    environment: Environment | None = None
    """None: the stack registered none (yet)."""
    graph: Graph = field(default_factory=Graph)
    """The whole stack once it is complete; empty before."""
    preview: bool = False
    """Nothing is created in this run."""
    ledger: Ledger = field(default_factory=Ledger)
    """What the resources seen so far cost."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The rule's options from the configuration of the policy pack, defaults filled in."""

    idle: tuple[Exemption, ...] = ()
    """Exemptions that nothing needed; known when everything else has been judged."""
    today: dt.date = field(default_factory=lambda: dt.datetime.now(tz=dt.UTC).date())
    """The day by which ages are judged. Default: today."""

    @property
    def complete(self) -> bool:
        """Tell whether every resource of the stack has been seen."""
        return len(self.graph) > 0
