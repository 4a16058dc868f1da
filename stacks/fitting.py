"""Whether another stack has what a workload asks for: pools, stores, files, classes of data."""

from collections.abc import Iterator, Mapping

from infra.problems import Problem, nearest
from infra.settings import Serving
from stacks.reference import Known


def pool(where: str, given: str | None, purpose: str, stack: Known) -> Iterator[Problem]:
    """Look for a pool: the one of that name, or without a name the only one of that purpose."""
    pools = stack.ground.cluster.pools
    fit = sorted(name for name, one in pools.items() if one.purpose == purpose)
    if given is not None:
        yield from known(where, given, pools, stack)
    elif len(fit) != 1:
        text = f"{stack.stack} has {len(fit)} pools for {purpose}, and none is named"
        yield Problem(where, text, ", ".join(fit or pools) or "none")


def known(where: str, given: str, names: Mapping[str, object], stack: Known) -> Iterator[Problem]:
    """Look for a name of another stack."""
    if given not in names:
        allowed = ", ".join(names) or "none"
        yield Problem(where, f"{stack.stack} has no {given!r}", allowed, nearest(given, names))


def files(serving: Serving, stack: Known) -> Iterator[Problem]:
    """The server vLLM reads a model from files; the bundled one reads it from the store."""
    volume = stack.ground.volume
    if serving.options.get("engine") == "vllm" and (
        volume is None or volume.store != serving.store or not volume.mirrors
    ):
        text = f"vllm reads files, and {stack.stack} has no file system over {serving.store}"
        yield Problem("serving.options.engine", text, f"causeway, or filesystem in {stack.stack}")
