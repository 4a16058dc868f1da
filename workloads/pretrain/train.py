"""The loop: prepare, resume, train, save, export."""

import contextlib
import gc
import json
import math
import os
import shutil
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.tensor import DTensor
from torch.optim import AdamW

from workloads.pretrain import export, plot
from workloads.pretrain.checkpoint import Checkpoints, Record, require_same, set_steps, tensors_of
from workloads.pretrain.errors import RunError, room
from workloads.pretrain.goodput import Goodput, load_attempts
from workloads.pretrain.job import Job
from workloads.pretrain.loader import Loader
from workloads.pretrain.mesh import Mesh
from workloads.pretrain.metrics import Metrics, Point
from workloads.pretrain.notice import Notice, Stopped
from workloads.pretrain.optimizer import clip, gradient_norm, learning_rate, make_optimizer
from workloads.pretrain.parallel import Laid, lay
from workloads.pretrain.peaks import peak, utilisation
from workloads.pretrain.shape import Shape, batch_of, learning_rate_of, shape_of
from workloads.pretrain.tokens import Prepared, map_tokens, prepare
from workloads.pretrain.world import World, join
from workloads.store import Store
from workloads.store.errors import DamagedError, StoreError

MARK = "attempt.json"
"""File in the scratch folder that tells how far this attempt came."""

SIGN_SECONDS = 10.0
"""How often a running attempt writes its sign of life."""


@dataclass(slots=True)
class Run:
    """Everything that the loop holds, in one process."""

    job: Job
    world: World
    store: Store
    notice: Notice
    goodput: Goodput
    metrics: Metrics
    prepared: Prepared
    shape: Shape
    mesh: Mesh
    loader: Loader
    laid: Laid
    optimizer: AdamW
    checkpoints: Checkpoints

    fingerprint: dict[str, Any]
    """What a checkpoint must share with this run."""

    step: int = 0
    """Optimizer steps done."""

    samples: int = 0
    """Samples consumed by all processes."""

    norm: float | Tensor = 0.0
    """2-norm of the last step's gradient, equal on all processes."""

    curve: list[list[float]] = field(default_factory=list)
    """[step, loss] of the whole run."""

    resumed_from: int | None = None
    """Step of the checkpoint that this attempt began with; None when it began at zero."""

    def say(self, text: str) -> None:
        """Print once for all processes."""
        if self.world.rank == 0:
            print(text, flush=True)


def train(job: Job, began: float) -> int:
    """Train, or go on training, until the last step or a notice; give the exit code."""
    with room(job.scratch), join(job.spec.timeouts) as world:
        notice = Notice(job.spec.notice)
        try:
            with notice.may_interrupt():
                run = set_up(job, world, notice, began)
                resume(run)
            try:
                finished = loop(run)
            except Exception:
                sign(run)
                raise
            return finish(run) if finished else stop(run)
        except Stopped as stopped:
            if world.rank == 0:
                print("stopped before the first step: nothing to save")
            return int(stopped.code or 0)
        finally:
            if world.local_rank == 0:
                clean(job)


def clean(job: Job) -> None:
    """Remove what a run leaves in its scratch folder; the folder too if it was ours."""
    for name in ("corpus", "tokens.new", "tokens.bin", "model.safetensors", MARK):
        (job.scratch / name).unlink(missing_ok=True)
    if "CAUSEWAY_SCRATCH" not in os.environ:
        shutil.rmtree(job.scratch, ignore_errors=True)


def sign(run: Run) -> None:
    """Leave in the store how far this attempt came, where that is possible: the next one counts what is done again."""
    if run.world.rank == 0:
        with contextlib.suppress(StoreError, OSError):
            run.goodput.save(run.store, run.job.run)


def set_up(job: Job, world: World, notice: Notice, began: float) -> Run:
    """Open the store, prepare the data, build the model."""
    spec = job.spec
    store = Store.open(job.store_url, job.key_ring)
    earlier = world.first(lambda: load_attempts(store, job.run, job.scratch / MARK))

    def data() -> Prepared:
        with room(job.scratch):  # within the first process, so that the others hear of it
            return prepare(store, job.run, spec, job.scratch)

    prepared = world.first(data)
    tokens = map_tokens(store, prepared, job.scratch, world.local_rank, world.barrier)
    shape = shape_of(spec, prepared.vocabulary)
    mesh = Mesh.of(spec.mesh, world.size, shape)
    loader = Loader(tokens, shape.context, batch_of(spec, shape), spec.seed)
    laid = lay(shape, spec, mesh, world)
    return Run(
        job=job,
        world=world,
        store=store,
        notice=notice,
        goodput=Goodput(began, earlier),
        metrics=Metrics(spec.metrics_host, spec.metrics_port if world.rank == 0 else 0),
        prepared=prepared,
        shape=shape,
        mesh=mesh,
        loader=loader,
        laid=laid,
        optimizer=make_optimizer(laid.model, spec, learning_rate_of(spec, shape)),
        checkpoints=Checkpoints(store, job.run, spec.keep, world.background),
        fingerprint={"shape": shape.to_dict(), "tokenizer": prepared.tokenizer},
    )


def resume(run: Run) -> None:
    """Load the newest checkpoint that is whole; begin at zero when there is none."""
    run.say(f"model: {run.shape.describe()}")
    run.say(f"mesh: {run.mesh.describe()}, {run.world.size} x {run.world.device.type}")
    records = run.world.first(lambda: list(run.checkpoints.records()))
    tensors = tensors_of(run.laid.model, run.optimizer)
    for record in records:
        require_same(record, run.fingerprint, run.checkpoints.prefix)
        try:
            run.checkpoints.load(record, tensors)
        except DamagedError as error:
            run.say(f"checkpoint of step {record.step} is passed over: {error}")
            continue
        run.step = run.resumed_from = record.step
        run.samples, run.curve = record.samples, record.state["curve"]
        set_steps(run.optimizer, record.step)
        lost = max(0, run.goodput.redo_until - record.step)
        run.say(f"resumed at step {record.step} from {record.folder} ({lost} step(s) to do again)")
        return


def loop(run: Run) -> bool:
    """Train until the last step (True) or a notice (False)."""
    spec, goodput = run.job.spec, run.goodput
    every = max(1, min(10, spec.steps // 50))
    peak_rate = learning_rate_of(spec, run.shape)
    window = Window(run.world.device)
    signed, first = time.monotonic(), run.step
    while run.step < spec.steps:
        if run.world.any(run.notice.given):
            return False
        rate = learning_rate(run.step, spec.steps, peak_rate)
        run.norm = norm = one_step(run, rate, window)
        goodput.did(run.step, run.job.scratch / MARK if run.world.rank == 0 else None)
        if run.step == first + 1:
            gc.collect()
            gc.freeze()  # all is built and compiled: walking it again would hold up one worker, and so all
        if run.step % every == 0 or run.step == spec.steps:
            report(run, window, rate, norm)
            window = Window(run.world.device)
        if run.step % spec.checkpoint_every == 0 or run.step == spec.steps:
            save(run)
        if run.world.rank == 0 and time.monotonic() - signed > SIGN_SECONDS:
            goodput.save(run.store, run.job.run)
            signed = time.monotonic()
    return True


class Window:
    """Sums since the last line of the log."""

    def __init__(self, device: torch.device) -> None:
        self.loss = torch.zeros((), device=device)
        self.steps = 0
        self.began = time.monotonic()
        self.computed = 0.0


def one_step(run: Run, rate: float, window: Window) -> Tensor:
    """Do one optimizer step; give the gradient's norm."""
    spec, mesh, rank = run.job.spec, run.mesh, run.world.rank
    run.goodput.switch("data_wait")
    batch = run.loader.load(run.samples, mesh.data_rank(rank), mesh.data, spec.micro_batch)
    run.goodput.switch(run.goodput.work(run.step))
    begin = time.monotonic()
    tokens = run.loader.batch * run.shape.context
    window.loss += run.laid.compute(batch, mesh.data / tokens)
    window.computed += time.monotonic() - begin
    parameters = list(run.laid.model.parameters())
    norm = gradient_norm(parameters, run.laid.copies)
    clip(parameters, norm, spec.grad_clip)
    for group in run.optimizer.param_groups:
        group["lr"] = rate
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)
    run.step += 1
    run.samples += run.loader.batch
    window.steps += 1
    return norm


def report(run: Run, window: Window, rate: float, norm: Tensor) -> None:
    """Bring the processes' sums together and tell them."""
    spec, size = run.job.spec, run.world.size
    dist.all_reduce(window.loss)
    tokens = window.steps * run.loader.batch * run.shape.context
    loss = window.loss.item() / tokens / run.mesh.tensor
    if loss != loss:  # noqa: PLR0124 - not a number
        raise RunError(
            f"the loss is not a number at step {run.step}; lower learning_rate ({rate:.2g}) and go on"
        )
    times: list[Tensor] = [torch.zeros(1) for _ in range(size)]
    dist.all_gather(times, torch.tensor([window.computed]))
    seconds = time.monotonic() - window.began
    slowest, median = max(times).item(), torch.stack(times).median().item()
    speed = tokens / seconds
    best = peak(run.world.device, "float8" if spec.float8 else "bfloat16")
    point = Point(
        step=run.step,
        loss=loss,
        learning_rate=rate,
        grad_norm=norm.item(),
        tokens_per_second=speed,
        mfu=utilisation(speed / size, run.shape.flops_per_token, best),
        straggler_score=median / slowest if slowest else 1.0,
        seconds=time.time() - run.goodput.now.began,
    )
    run.metrics.add(point, run.goodput.ratios())
    run.curve.append([run.step, round(loss, 4)])
    eta = (spec.steps - run.step) * seconds / window.steps
    mfu = "" if point.mfu is None else f"  mfu {point.mfu:.1%}"
    run.say(f"step {run.step:5d}/{spec.steps}  loss {loss:.4f}  {speed:,.0f} tokens/s{mfu}  eta {eta:.0f} s")


def save(run: Run) -> None:
    """Begin to write a checkpoint; the one before it is committed first. Weights that are spoiled are never written."""
    if not math.isfinite(run.norm):
        run.checkpoints.wait()
        raise RunError(
            f"the gradient is not a number at step {run.step}, no checkpoint is written, the older ones are intact; "
            "lower learning_rate and go on"
        )
    with run.goodput.during("checkpoint"):
        record = Record(
            step=run.step,
            samples=run.samples,
            fingerprint=run.fingerprint,
            state={"curve": list(run.curve)},  # the loop goes on while this is written
            world=run.world.size,
        )
        run.checkpoints.save(record, tensors_of(run.laid.model, run.optimizer))
        if run.world.rank == 0:
            run.goodput.save(run.store, run.job.run)
            run.metrics.save(run.store, run.job.run, run.goodput.name)


def stop(run: Run) -> int:
    """Save within the notice and end; give the exit code of an ended run."""
    run.say(f"notice at step {run.step}: saving, {run.notice.left:.0f} s left")
    begin = time.monotonic()
    save(run)
    with run.goodput.during("checkpoint"):
        run.checkpoints.wait()
    spent = time.monotonic() - begin
    if run.notice.left > 0:
        run.say(f"saved step {run.step} in {spent:.1f} s, {run.notice.left:.0f} s before the end")
    else:
        run.say(
            f"saved step {run.step} in {spent:.1f} s: {-run.notice.left:.0f} s later than the notice allowed"
        )
    if run.world.rank == 0:
        run.goodput.save(run.store, run.job.run, clean=True)
    run.metrics.close()
    return 143


def finish(run: Run) -> int:
    """Export the model and write the result."""
    with run.goodput.during("checkpoint"):
        run.checkpoints.wait()
    prefix = f"{run.job.run}/export"
    weights = whole_weights(run)
    if run.world.rank == 0:
        tokenizer = run.store.get(f"{run.prepared.folder}/tokenizer.json")
        digest = export.export(
            weights, run.shape, tokenizer, store=run.store, prefix=prefix, scratch=run.job.scratch
        )
        run.metrics.save(run.store, run.job.run, run.goodput.name)
        outcome = result(run, prefix, digest)
        title = f"{outcome['shape']}\n{run.prepared.corpus}"
        picture = plot.draw(title, run.curve, run.metrics.points, run.goodput.seconds())
        run.store.put(f"{run.job.run}/training.png", picture)
        run.goodput.save(run.store, run.job.run, clean=True)
        if run.job.result:
            run.job.result.write_text(json.dumps(outcome))
        run.say(f"done: loss {outcome['first_loss']} -> {outcome['last_loss']}, model in {prefix}")
    run.metrics.close()
    run.world.barrier()
    return 0


def whole_weights(run: Run) -> dict[str, Tensor]:
    """Gather all weights by name on the CPU of the first process."""
    weights = {}
    for name, parameter in run.laid.model.named_parameters():
        full = parameter.detach()
        full = full.full_tensor() if isinstance(full, DTensor) else full
        if run.mesh.pipeline > 1 or run.world.rank == 0:
            weights[name] = full.float().cpu()
    if run.mesh.pipeline > 1:
        parts: list[dict[str, Tensor]] = [{}] * run.world.size
        dist.gather_object(weights, parts if run.world.rank == 0 else None, group=run.world.patient)
        weights = {name: tensor for part in parts for name, tensor in part.items()}
    return weights


def result(run: Run, prefix: str, digest: str) -> dict[str, Any]:
    """Give the result's fields."""
    points = run.metrics.points
    return {
        "model": prefix,
        "model_digest": f"sha256:{digest}",
        "parameters": run.shape.parameters,
        "shape": run.shape.describe(),
        "corpus": run.prepared.corpus,
        "steps": run.step,
        "resumed_from": run.resumed_from,
        "first_loss": run.curve[0][1],
        "last_loss": run.curve[-1][1],
        "loss_curve": run.curve,
        "last_loss_exact": points[-1].loss if points else None,
        "tokens_per_second": round(sum(point.tokens_per_second for point in points) / max(1, len(points)), 1),
        "mfu": points[-1].mfu if points else None,
        "goodput": {part: round(value, 4) for part, value in run.goodput.ratios().items()},
        "seconds": round(time.time() - run.goodput.now.began, 1),
        "spec": asdict(run.job.spec) | {"mesh": dict(run.job.spec.mesh)},
    }
