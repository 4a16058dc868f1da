"""The protocol over a real connection, without an engine."""

import json
import signal
import subprocess
import sys
import threading
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from infra.paths import project
from providers.base import wire
from providers.base.values import UNKNOWN, Secret

VASE = "shop:index:Vase"
URN = f"urn:pulumi:dev::trial::{VASE}::one"


@pytest.fixture
def stub(channel: grpc.Channel) -> Any:
    """Give the client side of the protocol."""
    return provider_pb2_grpc.ResourceProviderStub(channel)


def create(stub: Any, preview: bool = False, **properties: object) -> provider_pb2.CreateResponse:
    """Make a vase."""
    request = provider_pb2.CreateRequest(
        urn=URN, type=VASE, properties=wire.encode({"height": 20, **properties}), preview=preview
    )
    answer: provider_pb2.CreateResponse = stub.Create(request, timeout=60)
    return answer


def test_greeting(stub: Any) -> None:
    """The provider promises secrets, outputs and previews, and tells its version."""
    greeting = stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    assert (greeting.accept_secrets, greeting.accept_outputs, greeting.accept_resources) == (
        True,
        True,
        False,
    )
    configured = stub.Configure(provider_pb2.ConfigureRequest())
    assert (configured.acceptSecrets, configured.acceptOutputs, configured.supportsPreview) == (
        True,
        True,
        True,
    )
    assert stub.GetPluginInfo(empty_pb2.Empty()).version == "1.2.3"


def test_settings_that_do_not_exist_are_refused(stub: Any) -> None:
    """A provider without settings says so; the engine's own ones pass."""
    news = wire.encode({"region": "x", "version": "1.2.3"})
    (failure,) = stub.CheckConfig(provider_pb2.CheckRequest(news=news)).failures
    assert (failure.property, failure.reason) == ("region", "shop has no such setting; allowed: none")


def test_check_tells_all_and_hides_secrets(stub: Any) -> None:
    """Top-level mistakes name their property, deeper and secret ones stand in the text alone."""
    news = wire.encode({"material": "glas", "height": Secret([]), "labels": {"a": 1}})
    failures = stub.Check(provider_pb2.CheckRequest(urn=URN, type=VASE, news=news)).failures
    assert [(failure.property, failure.reason) for failure in failures] == [
        ("material", "'glas' is not allowed; did you mean 'glass'?; allowed: 'clay', 'glass'"),
        ("", "height: the secret value can't be used: input should be a valid integer"),
        ("", "labels.a: 1 can't be used: input should be a valid string"),
    ]


@pytest.mark.parametrize(("height", "told"), [(60, ["glass is at most 50 cm high"]), (UNKNOWN, [])])
def test_rules_of_the_type_wait_until_all_is_known(stub: Any, height: object, told: list[str]) -> None:
    """A rule over several properties is asked only when it can answer."""
    news = wire.encode({"material": "glass", "height": height})
    failures = stub.Check(provider_pb2.CheckRequest(urn=URN, type=VASE, news=news)).failures
    assert [failure.reason for failure in failures] == told


def test_preview_knows_inputs_and_makes_nothing(stub: Any, vases: Any) -> None:
    """In a preview the computed properties are unknown and nothing happens."""
    answer = create(stub, preview=True, labels=Secret({"a": "b"}))
    properties = wire.decode(answer.properties)
    assert properties["serial"] is UNKNOWN
    assert properties["labels"] == Secret({"a": "b"})
    assert vases.made == {}


def test_preview_of_an_update_keeps_what_is_stable(stub: Any) -> None:
    """What an update never changes is known in its preview, so that dependents show no change."""
    old = wire.encode({"height": 20, "labels": {}, "serial": 7, "mark": Secret("x")})
    request = provider_pb2.UpdateRequest(
        id="7", urn=URN, type=VASE, olds=old, news=wire.encode({"height": 30}), preview=True
    )
    properties = wire.decode(stub.Update(request).properties)
    assert (properties["serial"], properties["mark"]) == (7, UNKNOWN)


def test_secrets_stay_secret_in_outputs(stub: Any) -> None:
    """Secret inputs come back secret, and so do the type's own secret outputs."""
    properties = wire.decode(create(stub, labels={"open": "a", "closed": Secret("b")}).properties)
    assert properties["labels"] == {"open": "a", "closed": Secret("b")}
    assert properties["mark"] == Secret("potter-s-mark")


def test_import_takes_what_it_can_not_know_for_secret(stub: Any) -> None:
    """An import has no marks to go by, so the type names what to hide."""
    id_ = create(stub, labels={"a": Secret("hunter2")}).id
    read = stub.Read(provider_pb2.ReadRequest(id=id_, urn=URN, type=VASE))
    assert wire.decode(read.inputs)["labels"] == Secret({"a": "hunter2"})
    assert wire.decode(read.properties)["labels"] == Secret({"a": "hunter2"})


def test_what_is_adopted_is_as_secret_as_it_was_asked_for(stub: Any) -> None:
    """Of a creation that was cut off the inputs tell what is secret; what they do not tell may be."""
    labels = {"open": "a", "closed": Secret("hunter2")}
    id_ = create(stub, labels=labels).id
    request = provider_pb2.ReadRequest(id=id_, urn=URN, type=VASE, inputs=wire.encode({"labels": labels}))
    adopted = stub.Read(request)
    assert wire.decode(adopted.properties)["labels"] == wire.decode(adopted.inputs)["labels"] == labels
    request.inputs.CopyFrom(wire.encode({"height": 20}))
    assert wire.decode(stub.Read(request).inputs)["labels"] == Secret({"open": "a", "closed": "hunter2"})


def test_refresh_keeps_inputs_and_shows_drift(stub: Any, vases: Any) -> None:
    """Inputs stay as they were given except where the resource drifted; what is gone has no id."""
    made = create(stub)
    inputs = wire.encode({"height": 20, "material": "clay"})
    vases.made[made.id] = vases.made[made.id].model_copy(update={"material": "glass"})
    request = provider_pb2.ReadRequest(
        id=made.id, urn=URN, type=VASE, properties=made.properties, inputs=inputs
    )
    assert wire.decode(stub.Read(request).inputs) == {"height": 20, "material": "glass", "labels": {}}
    vases.made.clear()
    assert stub.Read(request).id == ""


def test_partial_failure_keeps_the_resource(stub: Any) -> None:
    """A cracked vase comes with id, state and reasons, secrets blotted out, in the detail that the engine reads."""
    with pytest.raises(grpc.RpcError) as caught:
        create(stub, height=13, labels={"a": Secret("hunter2")})
    metadata: Any = caught.value.trailing_metadata()
    status = status_pb2.Status.FromString(dict(metadata)["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert (detail.id, list(detail.reasons)) == ("1", ["cracked; labels {'a': '[secret]'}"])
    assert wire.decode(detail.properties)["labels"] == {"a": Secret("hunter2")}


@pytest.mark.parametrize(
    ("height", "code", "text"),
    [
        (14, grpc.StatusCode.FAILED_PRECONDITION, "no vase has 14 cm; labels {'a': '[secret]'}"),
        (16, grpc.StatusCode.INTERNAL, "a bug in the provider: "),
    ],
)
def test_errors(stub: Any, height: int, code: grpc.StatusCode, text: str) -> None:
    """A user's error is told as it is and means that nothing changed; a bug is called one; neither shows a secret."""
    with pytest.raises(grpc.RpcError) as caught:
        create(stub, height=height, labels={"a": Secret("hunter2")})
    assert caught.value.code() == code
    told = caught.value.details() or ""
    assert told.startswith(text)
    assert "hunter2" not in told


def test_unknown_types_are_told_with_the_nearest(stub: Any) -> None:
    """A type that the provider hasn't is refused with what it has."""
    request = provider_pb2.DeleteRequest(id="1", urn=URN, type="shop:index:Vasse")
    with pytest.raises(grpc.RpcError) as caught:
        stub.Delete(request)
    told = (
        "shop has no resource type shop:index:Vasse; did you mean 'shop:index:Vase'?; it has shop:index:Vase"
    )
    assert caught.value.details() == told


def test_cancel_reaches_only_its_own_engine(shop: int) -> None:
    """Two engines are attached; when one cancels, the other's work goes on."""
    ended: dict[str, str | None] = {}

    def work(name: str, stub: Any) -> None:
        try:
            create(stub, height=15)
        except grpc.RpcError as error:
            ended[name] = error.details()

    # Connections of one process are shared unless told otherwise; engines are processes of their own.
    own = [("grpc.use_local_subchannel_pool", 1)]
    with (
        grpc.insecure_channel(f"127.0.0.1:{shop}", own) as first,
        grpc.insecure_channel(f"127.0.0.1:{shop}", own) as second,
    ):
        stubs = {"first": provider_pb2_grpc.ResourceProviderStub(first)}
        stubs["second"] = provider_pb2_grpc.ResourceProviderStub(second)
        for stub in stubs.values():
            stub.Handshake(provider_pb2.ProviderHandshakeRequest())
        threads = {name: threading.Thread(target=work, args=(name, stub)) for name, stub in stubs.items()}
        for thread in threads.values():
            thread.start()
        stubs["first"].Cancel(empty_pb2.Empty())
        threads["first"].join(30)
        assert ended == {"first": "interrupted"}
        stubs["second"].Cancel(empty_pb2.Empty())
        threads["second"].join(30)
    assert ended == {"first": "interrupted", "second": "interrupted"}


def test_schema_comes_from_the_models(stub: Any) -> None:
    """Types, defaults, what is required and every description are those of the fields."""
    schema = json.loads(stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    vase = schema["resources"][VASE]
    assert (schema["name"], schema["version"]) == ("shop", "1.2.3")
    assert vase["requiredInputs"] == ["height"]
    assert vase["inputProperties"]["height"] == {"type": "integer", "description": "Centimetres."}
    assert vase["inputProperties"]["material"]["default"] == "clay"
    assert vase["properties"]["serial"]["description"] == "Number of this vase."


SERVES = """
from providers.base.server import serve
from providers.base.service import Service
serve(Service("shop", "1", []))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_process_prints_its_port_and_ends_quietly(number: signal.Signals) -> None:
    """The first and only line is the port, the address is loopback, and a signal ends it without a word."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVES], cwd=project(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty(), timeout=30)
        process.send_signal(number)
        assert process.wait(30) == 0
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")


DIES = f"""
import os, subprocess, sys
provider = subprocess.Popen([sys.executable, "-c", {SERVES!r}], stdout=subprocess.PIPE, stderr=sys.stdout)
provider.stdout.readline()
os._exit(9)
"""


def test_process_ends_with_its_engine() -> None:
    """A provider whose engine was killed doesn't stay behind."""
    engine = [sys.executable, "-c", DIES]
    shown = subprocess.run(engine, cwd=project(), stdout=subprocess.PIPE, timeout=60, check=False)
    # The provider holds the pipe too: without its end this call would not have returned.
    assert (shown.returncode, shown.stdout) == (9, b"")
