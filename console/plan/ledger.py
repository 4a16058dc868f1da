"""From the states of a preview to the ledger of the judges: the same bench enters the same lines."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct

from console.plan.recording import State
from infra.catalog.cost.ledger import Ledger
from infra.catalog.values import Value
from policy.judge import wire
from policy.judge.bench import Bench
from policy.model.environment import Environment
from policy.model.graph import Graph
from policy.model.resource import Provider, Resource

_PROVIDER = "pulumi:providers:"


class Stock:
    """The resources of one side of a plan, as judges see them, and what they cost.

    Args:
        states: The resources, in the engine's order.
        config: The stack's configuration.
    """

    def __init__(self, states: Iterable[State], config: Mapping[str, str]) -> None:
        self._config = config
        known = list(states)
        self._providers = {state.urn: state for state in known if state.type.startswith(_PROVIDER)}
        self.resources = tuple(self._resource(state) for state in known)
        bench = Bench((), environment=Environment.declared(config), preview=True)
        for resource in self.resources:
            bench.before_create(resource)
        bench.whole_stack(
            replace(resource, props={**resource.props, **plain(state.outputs)})
            for resource, state in zip(self.resources, known, strict=True)
        )
        self.ledger: Ledger = bench.facts.ledger
        self.environment = bench.facts.environment
        self.graph: Graph = bench.facts.graph

    def _resource(self, state: State) -> Resource:
        return Resource(
            urn=state.urn,
            type=state.type,
            name=state.urn.rsplit("::", 1)[-1],
            props=plain(state.inputs),
            provider=self._provider(state.provider) if state.custom else None,
            parent=state.parent,
            dependencies=state.dependencies,
            property_dependencies=state.property_dependencies or {},
        )

    def _provider(self, reference: str) -> Provider | None:
        """Find the provider by its reference, `URN::id`; a default one has what the configuration says."""
        urn = reference.rpartition("::")[0]
        kind = urn.rpartition("::")[0].rpartition("::")[2]
        if urn in self._providers:
            return Provider(kind, urn.rpartition("::")[2], plain(self._providers[urn].inputs))
        package = f"{kind.removeprefix(_PROVIDER)}:"
        settings = {
            key.removeprefix(package): value for key, value in self._config.items() if key.startswith(package)
        }
        return Provider(kind, "default", settings) if kind else None


def plain(properties: Mapping[str, Any]) -> Mapping[str, Value]:
    """Read a property bag as the judges do: what is not known yet becomes UNKNOWN."""
    return wire.properties(ParseDict(dict(properties), Struct()))[0]
