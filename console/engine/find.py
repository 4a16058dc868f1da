"""Look for an engine in the cheapest place first, and make one ready if there is none."""

from console.engine import ambient, build, official, version
from console.engine.model import Engine, EngineError


def find(*, allow_build: bool = True) -> Engine:
    """Give an engine that is new enough.

    In this order: `pulumi` on PATH, what an earlier run left in the cache, the official release, a build from source.
    The last two take minutes and need a network; with `allow_build=False` they are not tried.
    Raises EngineError, which names what to install, when all of that fails.
    """
    minimum = version.wanted()
    if ready := ambient.find(minimum) or build.cached(minimum) or official.cached(minimum):
        return ready
    if not allow_build:
        raise EngineError(
            f"the Pulumi engine {minimum} is not ready on this machine. Run: python -m console.engine"
        )
    return official.install(minimum) or build.build(minimum)
