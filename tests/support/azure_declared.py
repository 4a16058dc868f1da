"""What a component for Azure declares, without an engine: every resource with the inputs that it would be given."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func

KEY = (
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/keys/providers/Microsoft.KeyVault"
    "/vaults/keys0000000/keys/text/versions/0a1b"
)
"""One version of a key, as `KeyRing.keys` gives it."""
NETWORK: Mapping[str, Any] = {
    "id": "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/network/providers/Microsoft.Network"
    "/virtualNetworks/network",
    "cidr": "10.0.0.0/16",
    "zones": ["1", "2", "3"],
    "subnets": {zone: f"subnet-{zone}" for zone in "123"},
    "fabric_subnets": {"train": "subnet-train"},
    "routes": {},
}
"""A network, as `Network.joined` gives it."""


class Declared(NamedTuple):
    """One resource."""

    token: str
    name: str
    inputs: dict[str, Any]


class _Recorder(mocks.Mocks):
    def __init__(self) -> None:
        self.found: list[Declared] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.found.append(Declared(args.typ, args.name, _plain(args.inputs)))
        outputs = {"name": args.name, "clientId": "client", "principalId": "principal", "tenantId": "tenant"}
        key = f"https://{args.name}.vault.azure.net/keys/{args.name}/0a1b"
        more: dict[str, Any] = {"keyUriWithVersion": key, "serviceKey": "service-key", "hex": "0a" * 32}
        more["clientInfo"] = {"mgsAddress": "10.0.0.4"}
        if args.typ.endswith(":keyvault:Secret"):
            home = f"https://{args.name}.vault.azure.net/secrets/{args.name}"
            more["properties"] = {"secretUri": home, "secretUriWithVersion": f"{home}/0a1b"}
        if identity := args.inputs.get("identity"):  # a list of ids that comes back as a map by id
            more["identity"] = {**identity, "userAssignedIdentities": {}}
        return f"/subscriptions/s/resourceGroups/g/providers/{args.name}", {**args.inputs, **outputs, **more}

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"{args.token} is looked up")


def _plain(value: Any) -> Any:
    """Take the marks of secrets away."""
    if isinstance(value, dict):
        return (
            _plain(value["value"])
            if rpc._special_sig_key in value
            else {k: _plain(v) for k, v in value.items()}
        )
    return [_plain(item) for item in value] if isinstance(value, list) else value


def declared(build: Callable[[pulumi.ResourceOptions], object], stack: str = "azure-prod") -> list[Declared]:
    """Run what builds a component; give what it declares, in order.

    Args:
        build: Takes the options of a component's children.
        stack: The name of the stack. Default: azure-prod.
    """
    recorder = _Recorder()

    def program() -> None:
        build(pulumi.ResourceOptions())

    def run() -> None:
        with closing(asyncio.new_event_loop()) as inner, asyncio.Runner() as runner:
            # the mocks' thread would make itself a loop that nobody closes
            calls = ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=(inner,))
            runner.get_loop().set_default_executor(calls)
            asyncio.set_event_loop(runner.get_loop())
            mocks.set_mocks(recorder, project="causeway", stack=stack)
            with SETTINGS.lock:
                SETTINGS.outputs.clear()  # those of earlier tests, whose loops are closed, would be waited for
            runner.run(run_pulumi_func(program))

    # in a thread of its own: the engine's settings and the loop of a test stay as they were
    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(timeout=60)
    return recorder.found
