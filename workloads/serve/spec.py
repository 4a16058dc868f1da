"""What a serving deployment is, without torch: stacks read this to run it on one machine or on Kubernetes."""

import dataclasses
import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

ENGINES = ("causeway", "vllm")
WEIGHTS = ("auto", "float32", "bfloat16", "float8")
VLLM_IMAGE = "docker.io/vllm/vllm-openai:v0.20.0"
"""vLLM's published server image; --shutdown-timeout needs 0.18 or later."""
VLLM_QUIET = {"VLLM_NO_USAGE_STATS": "1"}
"""vLLM tells stats.vllm.ai what it serves and on which machine unless it is told not to (vllm/envs.py)."""
CAUSEWAY_IMAGE = "causeway/serve:0.1.0"
"""This package, built from workloads/serve/Dockerfile; a stack pins its own copy by digest (docs/images.md)."""
PRE_STOP_SHARE = 4
"""A quarter of the drain time, before SIGTERM, is for load balancers to stop sending."""
DISK_GIB = 16
"""Compiled kernels of either server, and logs. Weights take none: they are read through memory, or where they lie."""
MARGIN_SECONDS = 5
"""Between the end of the drain and the kill, so that the process can leave by itself."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One HTTP check of Kubernetes or of a process supervisor."""

    path: str
    """Path on the serving port."""
    period_seconds: int
    """Time between two checks."""
    failures: int
    """Failures in a row that count."""
    timeout_seconds: int = 2
    """Time allowed for one check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSpec:
    """A serving deployment. Every field has a default; `parse` reads loose values."""

    name: str = "model"
    """Name of the model in requests and metrics."""
    engine: Literal["causeway", "vllm"] = "causeway"
    """Which server runs in the container; both have the same routes, probes and metric names."""
    image: str = ""
    """Container image; empty takes the engine's own."""
    accelerators: int = 0
    """GPUs of one node that hold the model together; 0 serves on the CPU, the declared fallback tier."""
    replicas: int = 1
    """Copies of the server on a cluster."""
    weights: Literal["auto", "float32", "bfloat16", "float8"] = "auto"
    """Number format of the weights; auto is bfloat16 on a GPU and float32 on a CPU."""
    context: int = 0
    """Longest prompt and answer together in tokens; 0 takes the model's own."""
    max_running: int = 128
    """Sequences computed at the same time."""
    max_queue: int = 512
    """Sequences that may wait; one more is answered 429."""
    step_tokens: int = 4096
    """Tokens computed in one step, which bounds how long a prompt can delay running answers."""
    block_size: int = 16
    """Tokens in a block of the key-value cache."""
    cache_gib: float = 0.0
    """Size of the key-value cache in GiB; 0 takes what is free on a GPU and 0.25 on a CPU."""
    prefix_reuse: bool = True
    """Keep the cache of finished prompts and start the next ones from it."""
    max_body_bytes: int = 4 * 2**20
    """Longest request body; more is answered 413."""
    request_seconds: float = 600.0
    """Longest time for one request, waiting included; more is answered 504."""
    drain_seconds: int = 30
    """Time for running answers to finish after SIGTERM; the pre-stop wait and the grace derive from it."""
    port: int = 8000
    """Port in the container. A process on one machine gets its port from $PORT."""
    api_key_file: str = ""
    """Path of a file (mode 0600) with the bearer keys that are let in, one a line; empty lets everyone in."""
    traces: str = ""
    """OTLP gRPC endpoint for OpenTelemetry traces, such as http://127.0.0.1:4317; empty sends none."""

    @classmethod
    def parse(cls, given: Mapping[str, Any], where: str = "serve") -> "ServeSpec":
        """Read loose values, such as those of a stack file. All mistakes are in one ValueError, one a line."""
        fields = {one.name: one.default for one in dataclasses.fields(cls)}
        problems: list[str] = []
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name not in fields:
                near = difflib.get_close_matches(name, fields, 1)
                problems.append(f"{where}.{name}: unknown{f', did you mean {near[0]}?' if near else ''}")
                continue
            try:
                values[name] = _field(name, value, type(fields[name]))
            except ValueError as error:
                problems.append(f"{where}.{name}: {error}")
        if values.get("engine") == "vllm" and not values.get("accelerators"):
            problems.append(f"{where}.engine: vllm needs accelerators of at least 1; causeway serves on CPUs")
        if problems:
            raise ValueError("\n".join(problems))
        return cls(**values)

    @property
    def health_path(self) -> str:
        """Path that answers 200 while requests are taken."""
        return "/health"

    @property
    def metrics_path(self) -> str:
        """Path of the Prometheus metrics, on the serving port."""
        return "/metrics"

    @property
    def pre_stop_seconds(self) -> int:
        """Wait before SIGTERM, so that no new request is on its way when the drain begins."""
        return -(-self.drain_seconds // PRE_STOP_SHARE)

    @property
    def grace_seconds(self) -> int:
        """`terminationGracePeriodSeconds`: always more than the pre-stop wait and the drain together."""
        return self.pre_stop_seconds + self.drain_seconds + MARGIN_SECONDS

    @property
    def startup_probe(self) -> Probe:
        """Ten minutes to load the weights."""
        return Probe(self.health_path, period_seconds=5, failures=120)

    @property
    def readiness_probe(self) -> Probe:
        """Out of the load balancer two checks after it drains or fails."""
        return Probe(self.health_path, period_seconds=2, failures=2)

    @property
    def liveness_probe(self) -> Probe:
        """Restarted when it does not answer for a minute; a drain answers here until it ends."""
        return Probe(self.metrics_path, period_seconds=10, failures=6)

    @property
    def container_image(self) -> str:
        """The image that runs."""
        return self.image or (VLLM_IMAGE if self.engine == "vllm" else CAUSEWAY_IMAGE)

    def command(self, python: str) -> list[str]:
        """Give the command of the bundled server; everything else travels in the environment."""
        return [python, "-m", "workloads.serve"]

    def container_command(self, model: str) -> list[str]:
        """Give the command in the container; vLLM takes its settings as flags, `model` is a path there."""
        if self.engine == "causeway":
            return self.command("python")
        flags = {
            "--served-model-name": self.name,
            "--host": "0.0.0.0",  # noqa: S104 - inside its own network namespace a pod listens to the cluster
            "--port": self.port,
            "--tensor-parallel-size": max(1, self.accelerators),
            "--max-num-seqs": self.max_running,
            "--max-num-batched-tokens": self.step_tokens,
            "--block-size": self.block_size,
            "--shutdown-timeout": self.drain_seconds,
            **({"--max-model-len": self.context} if self.context else {}),
            **_vllm_weights(self.weights),
            **({"--otlp-traces-endpoint": self.traces} if self.traces else {}),
        }
        reuse = "--enable-prefix-caching" if self.prefix_reuse else "--no-enable-prefix-caching"
        return ["vllm", "serve", model, *(str(word) for flag in flags.items() for word in flag), reuse]

    def pod(self, model: str, store_url: str = "", key_ring: str = "") -> "Pod":
        """Describe one replica for Kubernetes. `model` is a prefix in the store, or a path in the container."""
        listen = {"HOST": "0.0.0.0", "PORT": str(self.port)}  # noqa: S104 - a pod listens inside its own network
        ours = {**self.environment(store_url, key_ring, model), **listen, "CAUSEWAY_SCRATCH": "/scratch"}
        gpus = self.accelerators
        return Pod(
            image=self.container_image,
            command=tuple(self.container_command(model)),
            environment=ours if self.engine == "causeway" else VLLM_QUIET,
            accelerators=gpus,
            cpu=8 * gpus or 2,
            memory_gib=64 * gpus or 4,
            disk_gib=DISK_GIB,
            mounts={"/dev/shm": "memory", "/scratch": "node-local"},  # noqa: S108 - the shared memory NCCL asks for
            ports={"http": self.port},
            metrics_path=self.metrics_path,
            startup=self.startup_probe,
            readiness=self.readiness_probe,
            liveness=self.liveness_probe,
            pre_stop_seconds=self.pre_stop_seconds,
            grace_seconds=self.grace_seconds,
        )

    def environment(self, store_url: str, key_ring: str, model: str) -> dict[str, str]:
        """Give the environment of the bundled server. Empty values are left out: a folder needs no store."""
        given = {"CAUSEWAY_STORE_URL": store_url, "CAUSEWAY_KEY_RING": key_ring, "CAUSEWAY_MODEL": model}
        return {**{name: value for name, value in given.items() if value}, "CAUSEWAY_CONFIG": self.to_json()}

    def to_json(self) -> str:
        """Give the fields that differ from their defaults, for CAUSEWAY_CONFIG."""
        defaults = ServeSpec()
        fields = {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}
        return json.dumps({k: v for k, v in fields.items() if v != getattr(defaults, k)}, sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """One replica, as any orchestrator needs it."""

    image: str
    """Container image."""
    command: tuple[str, ...]
    """Command and arguments."""
    environment: Mapping[str, str]
    """Environment; holds no secret."""
    accelerators: int
    """GPUs; 0 means CPU only."""
    cpu: int
    """Cores asked for."""
    memory_gib: int
    """Host memory in GiB."""
    disk_gib: int
    """Disk of the node in GiB, for everything under `node-local` mounts."""
    mounts: Mapping[str, str]
    """Mount path to kind: `node-local` (private disk) or `memory` (tmpfs)."""
    ports: Mapping[str, int]
    """Name to port; `http` carries routes, probes and metrics."""
    metrics_path: str
    """Path that Prometheus scrapes on `http`."""
    startup: Probe
    """Until it passes, the others wait."""
    readiness: Probe
    """Whether requests are sent here."""
    liveness: Probe
    """Whether the process is left alone."""
    pre_stop_seconds: int
    """Length of the pre-stop sleep."""
    grace_seconds: int
    """terminationGracePeriodSeconds."""


def _vllm_weights(weights: str) -> dict[str, str]:
    if weights == "float8":
        return {"--quantization": "fp8"}
    return {} if weights == "auto" else {"--dtype": weights}


_CHOICES: dict[str, tuple[str, ...]] = {"engine": ENGINES, "weights": WEIGHTS}
LEAST: Mapping[str, float] = {
    "accelerators": 0,
    "replicas": 0,
    "context": 0,
    "max_running": 1,
    "max_queue": 0,
    "step_tokens": 1,
    "block_size": 1,
    "cache_gib": 0,
    "max_body_bytes": 1024,
    "request_seconds": 1,
    "drain_seconds": 1,
    "port": 1,
}
"""The least that each number may be."""
assert set(ENGINES) == set(get_args(ServeSpec.__annotations__["engine"]))
assert set(WEIGHTS) == set(get_args(ServeSpec.__annotations__["weights"]))


def _field(name: str, given: object, kind: type) -> Any:
    """Coerce one value: whole floats are integers, as JSON and Pulumi write them."""
    value: Any = given
    if kind is int and isinstance(value, float) and value.is_integer():
        value = int(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"{value!r} is not {_KINDS[kind]}")
    if name in _CHOICES and value not in _CHOICES[name]:
        near = difflib.get_close_matches(str(value), _CHOICES[name], 1)
        hint = f", did you mean {near[0]}?" if near else ""
        raise ValueError(f"{value!r} is not one of {', '.join(_CHOICES[name])}{hint}")
    _within(name, value)
    return value


def _within(name: str, value: Any) -> None:
    if name in LEAST and value < LEAST[name]:
        raise ValueError(f"{value!r} is less than {LEAST[name]:g}")
    if name == "port" and value > 65535:
        raise ValueError(f"{value!r} is more than 65535")


_KINDS: dict[type, str] = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
