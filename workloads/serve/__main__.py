"""Serve a model over OpenAI's routes.

    CAUSEWAY_MODEL=/path/to/model PORT=8000 python -m workloads.serve

With CAUSEWAY_STORE_URL (and CAUSEWAY_KEY_RING) the model is a prefix of the encrypted store instead of a folder.
CAUSEWAY_CONFIG holds fields of `workloads.serve.spec.ServeSpec` as JSON.
"""

import logging
import os
import sys

from workloads.serve.batch import Model
from workloads.serve.settings import Settings, from_environment
from workloads.serve.shape import Shape
from workloads.serve.source import Source


def run(settings: Settings) -> int:
    """Load and serve."""
    from workloads.serve.server import serve
    from workloads.serve.source import open_source, read_shape
    from workloads.serve.text import read_words

    source = open_source(settings.model, settings.store_url, settings.key_ring)
    shape = read_shape(source)
    words = read_words(source)
    return serve(settings, _model(settings, shape, source), words, shape.vocabulary)


def _model(settings: Settings, shape: Shape, source: Source) -> Model:
    """Load the model on one device, or on several that hold it together."""
    from workloads.serve.start import check_devices, start

    spec = settings.spec
    if spec.accelerators < 2:
        return start(spec, source, shape)
    from workloads.serve.parallel import Plan, start_team

    check_devices(spec)
    return start_team(
        Plan(spec, shape, settings.model, settings.store_url, settings.key_ring, spec.accelerators, "cuda")
    )


def main() -> int:
    """Serve until SIGTERM; mistakes in the environment end with one clear text and code 2."""
    logging.basicConfig(
        level=os.environ.get("LOG_LEVEL", "INFO").upper(),
        format="%(asctime)s %(levelname)s %(message)s",
        stream=sys.stderr,
    )
    try:
        return run(from_environment(os.environ))
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
