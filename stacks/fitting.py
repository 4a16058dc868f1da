"""Whether another stack has what a workload asks for: pools, stores, files, classes of data."""

from collections.abc import Iterator, Mapping

from infra.catalog import machines
from infra.problems import Problem, nearest
from infra.settings import Serving, Training
from stacks.reference import Known
from stacks.room import Offered, asked, fits


def pool(where: str, given: str | None, purpose: str, stack: Known) -> Iterator[Problem]:
    """Look for a pool: the one of that name, or without a name the only one of that purpose."""
    pools = stack.ground.cluster.pools
    fit = sorted(name for name, one in pools.items() if one.purpose == purpose)
    if given is not None:
        yield from known(where, given, pools, stack)
    elif len(fit) != 1:
        text = f"{stack.stack} has {len(fit)} pools for {purpose}, and none is named"
        yield Problem(where, text, ", ".join(fit or pools) or "none")


def room(training: Training | None, serving: Serving | None, stack: Known) -> Iterator[Problem]:
    """Hold what pods ask for against the machines of their pools; a pool that is not there is another problem."""
    ground = stack.ground
    for wish in asked(training, serving):
        fit = (name for name, one in ground.cluster.pools.items() if one.purpose == wish.where)
        name = wish.pool or next(fit, "")
        if there := ground.cluster.pools.get(name):
            machine = machines.get(ground.platform, there.machine)
            pool = f"cluster.pools.{name} of {stack.stack}"
            yield from fits(wish, Offered(pool, machine, there.disk_gib))


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
