"""What the rehearsal's tests share: an account, and a stage for programs on the real engine."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi import automation
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from console.rehearse.scene import Scene
from console.rehearse.standins import StandIns
from console.rehearse.surroundings import variables
from providers.base import wire
from providers.base.server import start
from providers.base.values import Bag, plain
from providers.rehearsal import faults
from providers.rehearsal.account import Account
from providers.rehearsal.clouds import CLOUDS
from providers.rehearsal.standin import StandIn

Stage = Callable[..., Scene]


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    """Give an empty account."""
    found = Account(tmp_path / "account")
    yield found
    found.close()


class Rig:
    """A stand-in behind its real gRPC server, spoken to as the engine does."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub, account: Account) -> None:
        self.stub = stub
        self.account = account

    def urn(self, token: str, name: str) -> str:
        """Name a resource as the engine does."""
        return f"urn:pulumi:dev::rehearsed::{token}::{name}"

    def check(
        self, token: str, inputs: Bag, old: Bag | None = None, name: str = "it"
    ) -> tuple[Bag, list[str]]:
        """Check inputs: what the provider makes of them, and its complaints with their properties."""
        answer = self.stub.Check(
            provider_pb2.CheckRequest(
                urn=self.urn(token, name),
                name=name,
                type=token,
                randomSeed=name.encode(),
                news=wire.encode(inputs),
                olds=wire.encode(old or {}),
            )
        )
        return wire.decode(answer.inputs), [
            f"{f.property}: {f.reason}" if f.property else f.reason for f in answer.failures
        ]

    def create(self, token: str, inputs: Bag, name: str = "it", *, preview: bool = False) -> tuple[str, Bag]:
        """Check and create; the inputs must be right."""
        checked, problems = self.check(token, inputs, name=name)
        assert problems == []
        return self.create_unchecked(token, checked, name, preview=preview)

    def create_unchecked(
        self, token: str, inputs: Bag, name: str = "it", *, preview: bool = False
    ) -> tuple[str, Bag]:
        """Create without Check."""
        answer = self.stub.Create(
            provider_pb2.CreateRequest(
                urn=self.urn(token, name),
                name=name,
                type=token,
                properties=wire.encode(inputs),
                preview=preview,
            )
        )
        return answer.id, wire.decode(answer.properties)

    def diff(self, token: str, id_: str, old: Bag, new: Bag) -> provider_pb2.DiffResponse:
        """Compare inputs."""
        answer: provider_pb2.DiffResponse = self.stub.Diff(
            provider_pb2.DiffRequest(
                id=id_,
                urn=self.urn(token, "it"),
                type=token,
                olds=wire.encode(old),
                old_inputs=wire.encode(old),
                news=wire.encode(new),
            )
        )
        return answer

    def update(self, token: str, id_: str, outputs: Bag, old: Bag, new: Bag) -> Bag:
        """Change a resource in place; gives its new outputs."""
        answer = self.stub.Update(
            provider_pb2.UpdateRequest(
                id=id_,
                urn=self.urn(token, "it"),
                type=token,
                olds=wire.encode(outputs),
                old_inputs=wire.encode(old),
                news=wire.encode(new),
            )
        )
        return wire.decode(answer.properties)

    def read(self, token: str, id_: str, outputs: Bag, inputs: Bag) -> tuple[str, Bag, Bag]:
        """Read a resource: id, outputs, inputs."""
        answer = self.stub.Read(
            provider_pb2.ReadRequest(
                id=id_,
                urn=self.urn(token, "it"),
                type=token,
                properties=wire.encode(outputs),
                inputs=wire.encode(inputs),
            )
        )
        return answer.id, wire.decode(answer.properties), wire.decode(answer.inputs)

    def delete(self, token: str, id_: str, outputs: Bag) -> None:
        """Delete a resource."""
        self.stub.Delete(
            provider_pb2.DeleteRequest(
                id=id_, urn=self.urn(token, "it"), type=token, properties=wire.encode(outputs)
            )
        )

    def configure(self, **settings: str) -> None:
        """Configure the provider instance of this connection."""
        self.stub.Configure(provider_pb2.ConfigureRequest(args=wire.encode(settings)))

    def invoke(self, token: str, **args: object) -> Bag:
        """Ask a data source; secret marks opened."""
        answer = self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=wire.encode(args)))
        found: Bag = plain(wire.decode(getattr(answer, "return")))
        return found

    def cancel(self) -> None:
        """End the run."""
        self.stub.Cancel(empty_pb2.Empty())


@pytest.fixture
def rig(account: Account) -> Iterator[Callable[..., Rig]]:
    """Give a function that serves one package's stand-in."""
    with ExitStack() as opened:

        def serve(package: str, fault: str = "") -> Rig:
            server, port = start(StandIn(CLOUDS[package](account), faults.parse(fault)))
            opened.callback(lambda: server.stop(0).wait())
            channel = opened.enter_context(grpc.insecure_channel(f"127.0.0.1:{port}"))
            return Rig(provider_pb2_grpc.ResourceProviderStub(channel), account)

        yield serve


@pytest.fixture
def aws(rig: Callable[..., Rig]) -> Rig:
    """Give AWS in Ireland."""
    served = rig("aws")
    served.configure(region="eu-west-1")
    return served


@pytest.fixture
def stage(tmp_path: Path, engine_env: dict[str, str]) -> Iterator[Stage]:
    """Give a function that puts a program on the stage: its text, the packages it uses, and a fault."""
    with ExitStack() as opened:

        def open_scene(program: str, *packages: str, fault: str = "") -> Scene:
            folder = tmp_path / "program"
            folder.mkdir()
            runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
            (folder / "Pulumi.yaml").write_text(json.dumps({"name": "rehearsed", "runtime": runtime}))
            (folder / "__main__.py").write_text(program)
            standins = opened.enter_context(StandIns(tmp_path / "account", fault, packages))
            env = variables(engine_env, tmp_path, standins.attached, checkpoints=bool(fault))
            options = automation.LocalWorkspaceOptions(env_vars=env)
            return Scene(automation.create_stack("dev", work_dir=str(folder), opts=options), standins)

        yield open_scene
