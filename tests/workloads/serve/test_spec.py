"""The server's spec reads loose settings strictly, and gives one pod for both images without torch."""

import subprocess
import sys
from pathlib import Path

import pytest

from workloads.serve.settings import from_environment, read_keys
from workloads.serve.spec import ServeSpec


def test_all_mistakes_are_told_at_once() -> None:
    """Five wrong fields give five lines, each with its path, the value and what is allowed."""
    with pytest.raises(ValueError, match="serving") as caught:
        ServeSpec.parse(
            {"drain_second": 3, "weights": "float16", "max_running": 0, "port": 70000, "prefix_reuse": "yes"},
            "serving",
        )
    assert str(caught.value).splitlines() == [
        "serving.drain_second: unknown, did you mean drain_seconds?",
        "serving.weights: 'float16' is not one of auto, float32, bfloat16, float8, did you mean bfloat16?",
        "serving.max_running: 0 is less than 1",
        "serving.port: 70000 is more than 65535",
        "serving.prefix_reuse: 'yes' is not true or false",
    ]


def test_whole_floats_are_integers() -> None:
    """Pulumi and JSON write integers as floats; a real fraction is refused."""
    assert ServeSpec.parse({"max_running": 8.0, "cache_gib": 2}) == ServeSpec(max_running=8, cache_gib=2.0)
    with pytest.raises(ValueError, match=r"max_running: 8.5 is not a whole number"):
        ServeSpec.parse({"max_running": 8.5})
    with pytest.raises(ValueError, match="max_running: True is not a whole number"):
        ServeSpec.parse({"max_running": True})


def test_vllm_needs_a_gpu() -> None:
    """The image that cannot serve on a CPU is refused without accelerators."""
    with pytest.raises(ValueError, match="vllm needs accelerators"):
        ServeSpec.parse({"engine": "vllm"})


@pytest.mark.parametrize("drain", [1, 7, 30, 45, 600])
@pytest.mark.never_again
def test_the_grace_covers_pre_stop_and_drain(drain: int) -> None:
    """vllm#24885: the grace is longer than the pre-stop wait and the drain together, whatever the drain."""
    pod = ServeSpec(drain_seconds=drain).pod("runs/one/export")
    assert pod.grace_seconds > pod.pre_stop_seconds + drain
    assert pod.pre_stop_seconds >= 1


def test_both_images_have_the_same_outside() -> None:
    """Ours and vLLM's pod differ in image, command and environment only."""
    ours = ServeSpec(accelerators=2).pod("models/m")
    theirs = ServeSpec(accelerators=2, engine="vllm").pod("/models/m")
    for field in (
        "ports",
        "metrics_path",
        "startup",
        "readiness",
        "liveness",
        "grace_seconds",
        "accelerators",
    ):
        assert getattr(ours, field) == getattr(theirs, field), field
    assert "--tensor-parallel-size 2" in " ".join(theirs.command)
    assert "--shutdown-timeout 30" in " ".join(theirs.command)
    assert theirs.image.startswith("docker.io/vllm/vllm-openai:")


def test_vllm_tells_nobody_what_it_serves() -> None:
    """Its usage statistics, on by default, are off in every pod; ours has none."""
    theirs = ServeSpec(accelerators=2, engine="vllm").pod("/models/m")
    assert theirs.environment["VLLM_NO_USAGE_STATS"] == "1"
    assert "VLLM_NO_USAGE_STATS" not in ServeSpec().pod("models/m").environment


def test_the_environment_brings_the_spec_back() -> None:
    """What a stack puts into the environment is what the server reads out of it."""
    spec = ServeSpec(name="tiny", max_running=4, weights="bfloat16")
    settings = from_environment({**spec.environment("file:///b", "/keys", "runs/a"), "PORT": "1234"})
    assert settings.spec == spec
    assert (settings.store_url, settings.key_ring, settings.model) == ("file:///b", "/keys", "runs/a")
    assert (settings.host, settings.port) == ("127.0.0.1", 1234)
    assert spec.command("/usr/bin/python3") == ["/usr/bin/python3", "-m", "workloads.serve"]


def test_keys_come_from_a_private_file_only(tmp_path: Path) -> None:
    """A key file that others can read, is empty or is missing is refused; its keys never show in a repr."""
    file = tmp_path / "keys"
    with pytest.raises(ValueError, match="no such file"):
        read_keys(str(file))
    file.write_text("sesame\nother\n")
    file.chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        read_keys(str(file))
    file.chmod(0o600)
    assert read_keys(str(file)) == {"sesame", "other"}
    spec = ServeSpec(api_key_file=str(file))
    assert "sesame" not in repr(from_environment(spec.environment("", "", "m")))
    file.write_text("\n")
    with pytest.raises(ValueError, match="no key in it"):
        read_keys(str(file))


def test_the_spec_is_free_of_torch() -> None:
    """Stacks read the spec in a process without torch."""
    code = "import sys, workloads.serve.spec; sys.exit('torch' in sys.modules)"
    root = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, timeout=60, check=False).returncode == 0
