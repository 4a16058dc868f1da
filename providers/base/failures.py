"""Failures as the engine understands them: a status code decides what it believes about the resource.

Any code but UNKNOWN, INTERNAL and DATA_LOSS means that nothing was changed; an ErrorResourceInitFailed detail means
that the resource exists and must stay in state (pulumi/pulumi `provider_plugin.go`, parseError).
"""

import functools
import traceback
from collections.abc import Callable
from typing import Any, NoReturn, Protocol, TypeVar

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from providers.base import wire
from providers.base.errors import PartialFailure, Problem, ProviderError
from providers.base.secrets import Blotter
from providers.base.values import Bag, Path, dotted, has_secret

BAGS = ("properties", "inputs", "olds", "news", "old_inputs")
"""The property bags that a request may carry."""

R = TypeVar("R")


class Packs(Protocol):
    """A servicer that knows how to write a half-made resource's state."""

    def pack_partial(self, request: Any, state: Any) -> struct_pb2.Struct:
        """Write the state of a PartialFailure for the wire."""
        ...


Method = Callable[[Any, Any, grpc.ServicerContext], R]


def answering(method: Method[R]) -> Method[R]:
    """Turn what a method raises into the status that the engine acts on, secrets blotted out."""

    @functools.wraps(method)
    def answer(self: Packs, request: Any, context: grpc.ServicerContext) -> R:
        try:
            return method(self, request, context)
        except PartialFailure as failure:
            blotter = _blotter(request)
            state = self.pack_partial(request, failure.state)
            abort_partial(context, failure.id, state, [blotter.clean(reason) for reason in failure.reasons])
        except ProviderError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, _blotter(request).clean(str(error)))
        except Exception as error:  # noqa: BLE001 - whatever else comes is our bug, told as such
            text = "".join(traceback.format_exception(error))
            context.abort(grpc.StatusCode.INTERNAL, _blotter(request).clean(f"a bug in the provider: {text}"))
        raise AssertionError("abort always raises")

    return answer


def abort_partial(
    context: grpc.ServicerContext, id_: str, state: struct_pb2.Struct, reasons: list[str]
) -> NoReturn:
    """End a call with a resource that exists but isn't ready."""
    detail = provider_pb2.ErrorResourceInitFailed(id=id_, properties=state, reasons=reasons)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message="; ".join(reasons))
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, status.message)
    raise AssertionError("abort always raises")


def check_failure(problem: Problem, given: Bag) -> provider_pb2.CheckFailure:
    """Write a problem for the engine.

    The engine prints the value of the property that a failure names, and finds it by a top-level name only: deeper
    paths, and places that hold a secret, are named in the text instead.
    """
    if len(problem.path) == 1 and _printable(problem.path, given):
        return provider_pb2.CheckFailure(property=dotted(problem.path), reason=problem.reason)
    return provider_pb2.CheckFailure(reason=str(problem))


def _printable(path: Path, given: Bag) -> bool:
    return not has_secret(given.get(str(path[0])))


def _blotter(request: Any) -> Blotter:
    return Blotter(wire.decode(getattr(request, name)) for name in BAGS if hasattr(request, name))
