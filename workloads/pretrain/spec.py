"""What a pretraining run is, without torch: stacks render it, the trainer obeys it.

python -m torch.distributed.run --nproc-per-node=2 -m workloads.pretrain
"""

import dataclasses
import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workloads.pretrain.bounds import Between, Bound, Filled, MoreThan, OneOf, Sizes
from workloads.pretrain.corpus import find
from workloads.pretrain.errors import EXIT_CODE, RunError
from workloads.pretrain.timeouts import Timeouts

MODELS = ("depth", "gpt2-124m", "llama-1b", "llama-8b", "llama-70b")
"""Shapes that `model` may name; `depth` is the small Llama that the dial `depth` derives."""

RECOMPUTE = ("none", "selective", "full")
"""Policies of activation checkpointing."""

RESHARD = ("auto", "always", "never")
"""When FSDP2 gives gathered weights back after the forward pass; torchtitan has the same names."""

MESH = ("pipeline", "replicate", "shard", "tensor")
"""Axes of the mesh, outermost first."""


KERNELS_GIB = 8
"""Disk for what torch.compile and Triton keep, and for logs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PretrainSpec:
    """Settings of one run; every field has a default that suits two CPU cores."""

    corpus: str = "stdlib"
    """Text to learn: `stdlib` (source text of the running Python's standard library), a file, a folder, or a URL
    (http, https, file, s3, gs, az)."""

    corpus_bytes: int = 6_000_000
    """Most bytes of the corpus that are read. Default: 6,000,000."""

    vocab_size: int = 1024
    """Entries of the BPE tokenizer trained on the corpus, 300 to 200,000. Default: 1024."""

    model: str = "depth"
    """Shape of the model: `depth`, `gpt2-124m`, `llama-1b`, `llama-8b` or `llama-70b`. Default: `depth`."""

    depth: int = 2
    """The dial: layers of the `depth` model. Width is 64 x depth; heads, batch and learning rate follow. Default: 2."""

    context: int = 0
    """Tokens in a sample. Default 0: 128 for `depth`, else what the shape was made for."""

    steps: int = 400
    """Optimizer steps. Default: 400."""

    batch: int = 0
    """Samples in one optimizer step, over all processes. Default 0: derived from the shape."""

    micro_batch: int = 0
    """Samples that one process computes at once. Default 0: its whole share of the batch."""

    learning_rate: float = 0.0
    """Peak of the learning rate. Default 0: derived from the width."""

    weight_decay: float = 0.1
    """AdamW's decay of matrices. Default: 0.1."""

    grad_clip: float = 1.0
    """Largest norm of the gradient. Default: 1.0."""

    seed: int = 1337
    """Seed of the weights and of the data order. Default: 1337."""

    mesh: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Processes along `pipeline`, `replicate`, `shard`, `tensor`; axes left out are 1, and `replicate` takes the rest
    unless it is named. Default: all processes replicate."""

    recompute: str = "none"
    """Activation checkpointing: `none`, `selective` (keep matrix products) or `full`. Default: `none`."""

    reshard_after_forward: str = "auto"
    """FSDP2 gives a block's gathered weights back after its forward pass and gathers them again for the backward
    (`always`), or keeps them for the whole step, gathered once (`never`). Default `auto`: kept where they take at most
    an eighth of the device's memory."""

    float8: bool = False
    """Matrix products in float8 where the GPU has it (compute capability 8.9 or more). Default: no."""

    compile: bool = True
    """Compile the model on GPUs; CPUs always run eagerly. Default: yes."""

    checkpoint_every: int = 50
    """Optimizer steps between two checkpoints. Default: 50."""

    keep: int = 2
    """Newest checkpoints that are kept. Default: 2."""

    restarts: int = 3
    """How often the launcher restarts all workers after one was lost. Default: 3."""

    detect_within: float = 60.0
    """Seconds in which a lost or stuck worker must be noticed; every other timeout follows. Default: 60."""

    notice: float = 30.0
    """Seconds between a notice (SIGTERM at the launcher, or SIGUSR1 at a worker) and the end: 30 on GCP and Azure spot
    machines, 120 on AWS. The launcher waits so long before it kills. Default: 30."""

    metrics_port: int = 0
    """Port of Prometheus metrics. Default 0: none is opened."""

    metrics_host: str = "127.0.0.1"
    """Address that the metrics port listens on; Kubernetes needs 0.0.0.0. Default: 127.0.0.1."""

    image: str = "causeway/pretrain:0.1.0"
    """Container image with this package, built from workloads/pretrain/Dockerfile; pin your copy by its digest
    (docs/images.md)."""

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> "PretrainSpec":
        """Make a spec of loose settings; raise one RunError that lists every mistake."""
        values = {key: _coerce(cls, key, value) for key, value in given.items()}
        mistakes = [_unknown(cls, key, value) for key, value in given.items() if key not in _types(cls)]
        mistakes += [_mistyped(cls, key, given[key]) for key, value in values.items() if value is _WRONG]
        typed = {key: value for key, value in values.items() if value is not _WRONG and key in _types(cls)}
        mistakes += [
            f"{key} is {value!r}; allowed: {BOUNDS[key].text}{_nearest(key, value)}"
            for key, value in typed.items()
            if key in BOUNDS and not BOUNDS[key].holds(value)
        ]
        if mistakes:
            lines = "\n".join(f"  - {mistake}" for mistake in sorted(mistakes))
            raise RunError(f"pretrain settings have {len(mistakes)} mistake(s):\n{lines}")
        return cls(**typed)

    def check_corpus(self) -> None:
        """Raise a RunError when the corpus is to be on this machine's disk and is missing, empty or binary."""
        if "://" not in self.corpus or self.corpus.startswith("file:"):
            find(self.corpus, self.corpus_bytes, Path())

    @property
    def timeouts(self) -> Timeouts:
        """Timeouts of launcher, rendezvous and collectives, derived from `detect_within` and `notice`."""
        return Timeouts.derive(self.detect_within, self.notice)

    @property
    def grace_seconds(self) -> int:
        """Seconds that an orchestrator must wait between SIGTERM and SIGKILL."""
        return int(self.timeouts.grace)

    def command(
        self, python: str, processes: int, nodes: int = 1, rendezvous: str = "127.0.0.1:0"
    ) -> list[str]:
        """Give the command of one node: `processes` workers under torchrun, restarted together when one is lost."""
        limits = self.timeouts
        conf = (
            f"join_timeout={limits.join:.0f},read_timeout={limits.collective:.0f},"
            f"keep_alive_interval={limits.keep_alive:.0f},keep_alive_max_attempt=3"
        )
        return [
            *(python, "-m", "workloads.pretrain.launch"),
            *(f"--nproc-per-node={processes}", f"--nnodes={nodes}", f"--max-restarts={self.restarts}"),
            *("--rdzv-backend=c10d", f"--rdzv-endpoint={rendezvous}", f"--rdzv-conf={conf}"),
            *([] if nodes > 1 else ["--local-addr=127.0.0.1"]),
            *(f"--monitor-interval={limits.monitor:g}", "-m", "workloads.pretrain"),
        ]

    def environment(self, store_url: str, key_ring: str, run: str = "runs/pretrain") -> dict[str, str]:
        """Give the environment of the workers: where the store and its key ring are, and these settings as JSON."""
        return {
            "CAUSEWAY_STORE_URL": store_url,
            "CAUSEWAY_KEY_RING": key_ring,
            "CAUSEWAY_RUN": run,
            "CAUSEWAY_CONFIG": self.to_json(),
            "PYTHONUNBUFFERED": "1",
            "LOGLEVEL": "ERROR",  # of torchrun
            "OMP_NUM_THREADS": "1",  # workers share the cores out themselves
            "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1",  # a restarted gang must not find the addresses of the dead one
        }

    def to_json(self) -> str:
        """Give the settings that differ from their defaults, as JSON with sorted keys."""
        plain = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        default = PretrainSpec()
        changed = {key: value for key, value in plain.items() if value != getattr(default, key)}
        return json.dumps(changed, sort_keys=True, default=dict)

    @property
    def disk_gib(self) -> int:
        """Disk of one node in GiB: the corpus, its tokens twice, the exported weights in fp32, and compiled kernels."""
        from workloads.pretrain.shape import shape_of

        weights = 4 * shape_of(self, self.vocab_size).parameters
        return -(-(weights + 3 * self.corpus_bytes) // 2**30) + KERNELS_GIB

    def pod(self, accelerators: int, store_url: str, key_ring: str = "", run: str = "runs/pretrain") -> "Pod":
        """Describe one node of the run for Kubernetes: `accelerators` GPUs, one worker each (0: two CPU workers)."""
        port = self.metrics_port or 9400
        spec = dataclasses.replace(self, metrics_port=port, metrics_host="0.0.0.0")  # noqa: S104 - a pod's own network
        return Pod(
            image=self.image,
            command=tuple(spec.command("python", accelerators or 2)),
            # the mount itself is root's; the trainer wants a folder that is its own
            environment={**spec.environment(store_url, key_ring, run), "CAUSEWAY_SCRATCH": "/scratch/run"},
            accelerators=accelerators,
            cpu=8 * accelerators or 2,
            memory_gib=64 * accelerators or 4,
            disk_gib=self.disk_gib,
            mounts={"/scratch": "node-local", "/dev/shm": "memory"},  # noqa: S108 - the shared memory NCCL asks for
            ports={"metrics": port},
            grace_seconds=self.grace_seconds,
            final_code=EXIT_CODE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """One node of a run, as any orchestrator needs it."""

    image: str
    """Container image."""

    command: tuple[str, ...]
    """Command and arguments."""

    environment: dict[str, str]
    """Environment; holds no secret."""

    accelerators: int
    """GPUs; 0 means CPU only."""

    cpu: int
    """Cores asked for: 8 a GPU feed the loader, the checkpoint writer and the encryption."""

    memory_gib: int
    """Host memory in GiB: 64 a GPU hold the staged copy of its checkpoint."""

    disk_gib: int
    """Disk of the node in GiB, for everything under `node-local` mounts."""

    mounts: dict[str, str]
    """Mount path to kind: `node-local` (private disk) or `memory` (tmpfs)."""

    ports: dict[str, int]
    """Name to port; `metrics` answers GET /metrics with Prometheus text."""

    final_code: int
    """Exit code after which another attempt would end alike: settings that are refused, a full disk."""

    grace_seconds: int
    """terminationGracePeriodSeconds: longer than the notice and the launcher's own wait."""


_WRONG = object()


def _types(spec: type[PretrainSpec]) -> dict[str, Any]:
    return {field.name: field.type for field in dataclasses.fields(spec)}


def _coerce(spec: type[PretrainSpec], key: str, value: Any) -> Any:
    """Give the value in its field's type; JSON writers and Pulumi turn 3 into 3.0."""
    kind = _types(spec).get(key)
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind in {int, float, str, bool}:
        return value if type(value) is kind else _WRONG
    return _mesh(value) if key == "mesh" else value


def _mesh(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return _WRONG
    sizes = {
        axis: int(size) if isinstance(size, float) and size.is_integer() else size
        for axis, size in value.items()
    }
    return sizes if all(type(size) is int for size in sizes.values()) else _WRONG


def _unknown(spec: type[PretrainSpec], key: str, value: Any) -> str:
    near = difflib.get_close_matches(key, _types(spec), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(_types(spec))}"
    return f"{key} ({value!r}) is no setting; {hint}"


def _mistyped(spec: type[PretrainSpec], key: str, value: Any) -> str:
    names = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
    wanted = names.get(_types(spec)[key], f"whole numbers by axis ({', '.join(MESH)})")
    return f"{key} is {value!r}; it must be {wanted}"


def _nearest(key: str, value: Any) -> str:
    bound = BOUNDS[key]
    choices = bound.names if isinstance(bound, OneOf) else ()
    near = difflib.get_close_matches(str(value), choices, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


BOUNDS: Mapping[str, Bound] = {
    "corpus": Filled("`stdlib`, a path or a URL"),
    "corpus_bytes": Between(10_000, 10**13),
    "vocab_size": Between(300, 200_000),
    "model": OneOf(MODELS),
    "depth": Between(1, 64),
    "context": Between(8, 1_048_576, zero="derived"),
    "steps": Between(1, 10**9),
    "batch": Between(0, 10**7),
    "micro_batch": Between(0, 10**5),
    "learning_rate": Between(0, 1),
    "weight_decay": Between(0, 1),
    "grad_clip": MoreThan(0),
    "seed": Between(0, 2**32 - 1),
    "mesh": Sizes(MESH),
    "recompute": OneOf(RECOMPUTE),
    "reshard_after_forward": OneOf(RESHARD),
    "checkpoint_every": Between(1, 10**9),
    "keep": Between(1, 1000),
    "restarts": Between(0, 1000),
    "detect_within": Between(5, 3600),
    "notice": Between(5, 600),
    "metrics_port": Between(1024, 65535, zero="none"),
}
"""What each setting may be; one that is not here may be anything of its type."""
