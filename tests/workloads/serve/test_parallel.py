"""Two processes serve as one does, or end saying why not."""

from pathlib import Path

import pytest

from workloads.serve.offline import generate
from workloads.serve.parallel import Plan, start_team
from workloads.serve.source import Folder, read_shape
from workloads.serve.spec import ServeSpec
from workloads.serve.start import start
from workloads.serve.weights import Share


def test_two_processes_draw_what_one_draws(folder: Path) -> None:
    """Tensor parallel over gloo gives the same greedy tokens, and a lost follower ends the run with its name."""
    source, spec = Folder(folder), ServeSpec(cache_gib=0.01)
    shape = read_shape(source)
    prompts = [[5, 6, 7], list(range(3, 60)), [9] * 20]
    alone = generate(start(spec, source, shape), prompts, 16)
    team = start_team(Plan(spec, shape, str(folder), "", "", 2, "cpu"))
    try:
        assert generate(team, prompts, 16) == alone
        team.followers[0].process.kill()
        team.followers[0].process.join(10)
        with pytest.raises(RuntimeError, match="ended with code -9"):
            generate(team, prompts, 2)
    finally:
        team.close()


def test_gpus_that_do_not_divide_the_heads_are_refused(folder: Path) -> None:
    """The error names the sizes that are in the way."""
    shape = read_shape(Folder(folder))
    with pytest.raises(ValueError, match="3 GPUs do not divide this model's kv_heads 2, heads 4, hidden 80"):
        Share(0, 3).check(shape)
