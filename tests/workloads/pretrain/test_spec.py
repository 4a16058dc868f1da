"""The trainer's spec reads loose settings strictly, and derives command, timeouts and pod without torch."""

import json
import subprocess
import sys
from pathlib import PurePosixPath

import pytest

from workloads.pretrain.errors import EXIT_CODE, RunError
from workloads.pretrain.spec import KERNELS_GIB, PretrainSpec
from workloads.pretrain.timeouts import Timeouts


def test_defaults_survive_a_round_trip() -> None:
    """Settings written as JSON for the workers parse back to the same spec."""
    spec = PretrainSpec.parse({"depth": 3, "mesh": {"shard": 2}, "corpus": "/data/books"})
    assert PretrainSpec.parse(json.loads(spec.to_json())) == spec
    assert PretrainSpec.parse({}) == PretrainSpec()


def test_numbers_may_arrive_as_floats() -> None:
    """Pulumi turns 3 into 3.0; a whole float is a whole number, and a whole number may stand for a float."""
    spec = PretrainSpec.parse({"depth": 3.0, "mesh": {"tensor": 2.0}, "weight_decay": 0})
    assert (spec.depth, spec.mesh["tensor"], spec.weight_decay) == (3, 2, 0.0)
    assert type(spec.depth) is int


def test_all_mistakes_come_at_once() -> None:
    """Five mistakes give five lines, each with the setting, the value, what is allowed and the nearest name."""
    given = {"stesp": 3, "depth": 0, "model": "llama-8", "keep": "two", "mesh": {"tensors": 2}}
    with pytest.raises(RunError) as caught:
        PretrainSpec.parse(given)
    text = str(caught.value)
    assert text.count("\n  - ") == 5
    for part in ("did you mean 'steps'", "1 to 64", "did you mean 'llama-8b'", "'two'", "tensors"):
        assert part in text


def test_command_and_environment_are_what_torchrun_needs() -> None:
    """The command starts the asked processes, listens on loopback, and every timeout comes from one number."""
    spec = PretrainSpec.parse({"detect_within": 120})
    command = spec.command("python", 2)
    assert command[:3] == ["python", "-m", "workloads.pretrain.launch"]
    assert {"--nproc-per-node=2", "--max-restarts=3", "--local-addr=127.0.0.1"} <= set(command)
    environment = spec.environment("file:///data", "/keys", "runs/a")
    assert environment["CAUSEWAY_RUN"] == "runs/a"
    assert json.loads(environment["CAUSEWAY_CONFIG"]) == {"detect_within": 120.0}


@pytest.mark.parametrize("detect", [5.0, 60.0, 600.0, 3600.0])
@pytest.mark.parametrize("notice", [5.0, 30.0, 120.0])
def test_timeouts_are_strictly_ordered(detect: float, notice: float) -> None:
    """Whoever watches must look more often than whoever waits; the orchestrator waits longest."""
    limits = Timeouts.derive(detect, notice)
    assert limits.monitor < limits.keep_alive < limits.collective < limits.join
    assert 3 * limits.keep_alive <= limits.collective
    assert limits.notice < limits.grace


def test_pod_describes_a_node_for_any_orchestrator() -> None:
    """Eight GPUs give eight workers, a metrics port on all addresses, a grace beyond the notice, and what is final."""
    pod = PretrainSpec().pod(8, "s3://bucket/prefix")
    assert "--nproc-per-node=8" in pod.command
    assert pod.ports["metrics"] == json.loads(pod.environment["CAUSEWAY_CONFIG"])["metrics_port"]
    assert pod.grace_seconds > PretrainSpec().notice
    assert pod.final_code == EXIT_CODE


def test_the_scratch_folder_is_inside_its_mount() -> None:
    """A volume is root's and open to the pod (mode 2777); the trainer refuses any folder but one of its own."""
    pod = PretrainSpec().pod(8, "s3://bucket/prefix")
    scratch = PurePosixPath(pod.environment["CAUSEWAY_SCRATCH"])
    assert str(scratch) not in pod.mounts
    assert pod.mounts[str(scratch.parent)] == "node-local"


def test_the_disk_holds_corpus_tokens_and_weights() -> None:
    """8.0e9 weights in fp32 are 30 GiB, and a corpus of 1 GiB comes with its tokens twice; kernels on top."""
    small, big = PretrainSpec().disk_gib, PretrainSpec.parse({"model": "llama-8b", "vocab_size": 128_256})
    assert KERNELS_GIB < small <= KERNELS_GIB + 1
    assert 30 <= big.disk_gib - KERNELS_GIB <= 31
    read = PretrainSpec.parse({"corpus_bytes": 2**30})
    assert read.disk_gib == KERNELS_GIB + 4
    assert read.pod(0, "").disk_gib == read.disk_gib


def test_spec_needs_no_torch() -> None:
    """Stacks import the spec; torch must not come with it."""
    code = "import sys, workloads.pretrain.spec, workloads.pretrain.shape; print('torch' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert answer.stdout.strip() == "False"
