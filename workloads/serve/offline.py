"""The scheduler and a model without a server: a batch of prompts in, all answers out."""

from collections.abc import Sequence

from workloads.serve.batch import Model, Sampling
from workloads.serve.blocks import BlockPool
from workloads.serve.scheduler import Answer, Scheduler


def generate(
    model: Model,
    prompts: Sequence[Sequence[int]],
    limit: int,
    *,
    sampling: Sampling | None = None,
    ends: frozenset[int] = frozenset(),
    max_running: int = 128,
    step_tokens: int = 4096,
    prefix_reuse: bool = True,
) -> list[list[int]]:
    """Draw up to `limit` tokens after each prompt (token ids), greedily unless told otherwise."""
    pool = BlockPool(model.blocks, model.block_size, reuse=prefix_reuse)
    scheduler = Scheduler(pool, max_running, step_tokens)
    scheduler.add(
        Answer(number, 0, list(prompt), len(prompt), limit, sampling or Sampling(), ends)
        for number, prompt in enumerate(prompts)
    )
    answers: list[list[int]] = [[] for _ in prompts]
    while scheduler.busy:
        slices = scheduler.plan()
        for event in scheduler.commit(slices, model.run(slices)):
            answers[event.ticket].append(event.drawn.token)
    return answers
