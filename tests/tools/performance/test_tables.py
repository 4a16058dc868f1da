"""Tables of the page, from the JSON that the benchmarks write."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.docs.performance import (
    policies,
    previews,
    scaling,
    server,
    serving,
    short,
    store,
    team,
    training,
)
from tools.docs.performance.figures import model
from tools.docs.performance.results import Node, ResultError

VERSIONS = {"device": "NVIDIA H100 80GB HBM3", "torch": "2.11.0", "cuda": "13.0", "python": "3.12.3"}


def speed(value: int, **more: float) -> dict[str, Any]:
    """Give a speed as measure.py sums it up."""
    return {"tokens_per_second": value, "quartiles": [value - 9, value + 9], "runs": 7, "mfu": 0.4, **more}


def gpt2() -> dict[str, Any]:
    """Give a file of GPT-2's speeds."""
    part = {
        "ours": speed(2400),
        "ours float8": speed(3000),
        "nanoGPT": speed(2000),
        "ratio": {"ours": 1.2, "ours float8": 1.5},
    }
    return {"versions": VERSIONS, "parts": {"gpt2 micro-batch 64": part}}


def losses(part: str, **last: list[float]) -> dict[str, Any]:
    """Give a file of one part's losses, of these trainings."""
    mean = {name: sum(values) / len(values) for name, values in last.items()}
    shape = "llama 194.0M (layers 16)"
    within = {name: [60.0] for name in last}
    found = {"steps": 200, "last": last, "mean": mean, "shape": shape}
    return {"versions": VERSIONS, "parts": {part: {**found, "steps_within_0.01_of_the_first_alone": within}}}


def put(root: Path, name: str, data: object) -> None:
    """Write a result file."""
    path = root / "benchmarks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))


def rows(lines: Iterator[str]) -> list[str]:
    """Give the rows of tables, the heads among them."""
    return [line for line in lines if line.startswith("| ") and not line.startswith("| ---")]


def test_speeds_stand_beside_the_peer(tmp_path: Path) -> None:
    """Each way has median, quartiles, MFU and its ratio to nanoGPT, which has none; file, device and command follow."""
    put(tmp_path, "train/results/h100-gpt2-speed.json", gpt2())
    lines = list(training.lines(tmp_path))
    assert rows(iter(lines))[1:] == [
        "| Causeway, float8 | 3,000 | 2,991 to 3,009 | 40.0 % | 1.500 |",
        "| Causeway, bf16 | 2,400 | 2,391 to 2,409 | 40.0 % | 1.200 |",
        "| nanoGPT | 2,000 | 1,991 to 2,009 | 40.0 % |  |",
    ]
    assert lines[-2] == (
        "[`h100-gpt2-speed.json`](../benchmarks/train/results/h100-gpt2-speed.json) · "
        "NVIDIA H100 80GB HBM3, torch 2.11.0, CUDA 13.0, Python 3.12.3 · "
        '`python -m benchmarks.train --peer nanoGPT --only "gpt2 micro-batch 64" --out results`'
    )


def test_a_key_that_a_table_misses_is_told_with_its_file(tmp_path: Path) -> None:
    """A result without its quartiles fails with file, place and key; nothing is left out silently."""
    broken = gpt2()
    del broken["parts"]["gpt2 micro-batch 64"]["nanoGPT"]["quartiles"]
    put(tmp_path, "train/results/h100-gpt2-speed.json", broken)
    with pytest.raises(ResultError, match=r"h100-gpt2-speed\.json.*\[\"nanoGPT\"\]: no key 'quartiles'"):
        list(training.lines(tmp_path))


def test_losses_say_how_far_they_are_from_the_base(tmp_path: Path) -> None:
    """The mean, the trainings' range and the distance to the base, which has none to itself."""
    put(tmp_path, "train/results/h200x2-losses.json", losses("losses", alone=[3.0, 3.2], fsdp=[3.15, 3.15]))
    lines = list(scaling.lines(tmp_path))
    assert rows(iter(lines))[1:] == [
        "| one GPU | 3.1000 | 3.0000 to 3.2000 |  |",
        "| FSDP2 | 3.1500 | 3.1500 | 0.0500 |",
    ]
    assert "Llama 194.0M, 2 trainings each, the mean of the last 20 of 200 steps:" in lines


def test_a_llama_has_the_peak_of_its_arithmetic(tmp_path: Path) -> None:
    """Float8 has MFU of both peaks and its ratio to bf16; bf16 has one MFU."""
    part = {
        "bf16": {**speed(1000), "mfu_of_bfloat16_peak": 0.5},
        "float8": {**speed(1250), "mfu_of_bfloat16_peak": 0.625, "mfu_of_float8_peak": 0.3125},
        "shape": "llama 1073.8M (layers 16)",
        "samples": 8,
    }
    put(tmp_path, "train/results/h100-llama.json", {"versions": VERSIONS, "parts": {"llama": part}})
    assert rows(training.lines(tmp_path))[1:] == [
        "| Causeway, float8 | 1,250 | 1,241 to 1,259 | 62.5 % | 31.2 % | 1.250 |",
        "| Causeway, bf16 | 1,000 | 991.0 to 1,009 | 50.0 % |  |  |",
    ]


def engine(weights: str, ours: float, theirs: list[float]) -> dict[str, Any]:
    """Give a file of the engine's speed with one request, beside a peer's rounds."""
    found: dict[str, Any] = {
        "machine": {**VERSIONS, "transformers": "5.17.0", "weights": weights},
        "8b one ours": {"tokens_per_s": ours, "spread": [ours, ours]},
        "spec": {"weights": weights, "cache_gib": 20.0},
    }
    if theirs:
        found["8b one theirs"] = {"tokens_per_s": sum(theirs) / 2, "spread": theirs}
    return found


def test_serving_is_measured_by_the_peers_best_round(tmp_path: Path) -> None:
    """A first round that warmed up does not flatter ours; float8 takes the peer from its device's other file."""
    put(tmp_path, "serve/results/h100-8b-bfloat16.json", engine("bfloat16", 160.0, [10.0, 40.0]))
    put(tmp_path, "serve/results/h100-8b-float8.json", engine("float8", 240.0, []))
    lines = list(serving.lines(tmp_path))
    load = "1 request, 128 in, 256 out"
    assert rows(iter(lines))[1:] == [
        f"| {load} | transformers 5.17.0, bfloat16 | 25.0 | 10.0 to 40.0 |  |",
        f"| {load} | Causeway, bfloat16 | 160.0 | one round | 4.0 |",
        f"| {load} | Causeway, float8 | 240.0 | one round | 6.0 |",
    ]
    assert any("--weights bfloat16 --cache-gib 20 --no-check --out" in line for line in lines)
    assert any("--weights float8 --cache-gib 20 --no-peer --no-check --out" in line for line in lines)


def test_another_device_lends_no_peer(tmp_path: Path) -> None:
    """Ours on an H200 is not divided by what the peer did on an H100."""
    other = engine("float8", 240.0, [])
    other["machine"]["device"] = "NVIDIA H200"
    put(tmp_path, "serve/results/h100-8b-bfloat16.json", engine("bfloat16", 160.0, [10.0, 40.0]))
    put(tmp_path, "serve/results/h200-8b-float8.json", other)
    assert rows(serving.lines(tmp_path))[-1].endswith("| Causeway, float8 | 240.0 | one round |  |")


def test_gpus_that_serve_together_stand_beside_one(tmp_path: Path) -> None:
    """Two GPUs have their ratio to one, and a file that notes no versions is said to."""
    for count, rate in ((1, 200.0), (2, 250.0)):
        found = {"started": {"processes": count}, "greedy answers": {"sha256": "a"}}
        put(tmp_path, f"serve/results/h200-8b-tp{count}.json", {**found, "one": {"tokens_per_s": rate}})
    lines = list(team.lines(tmp_path))
    assert rows(iter(lines))[1:] == ["| 1 | 200.0 |", "| 2 | 250.0 (1.25 times) |"]
    assert not any("differ" in line for line in lines)
    assert any("H200 by its name; the file notes no versions" in line for line in lines)


def overhead() -> dict[str, Any]:
    """Give a file of the server's own time."""

    def load(middle: float) -> dict[str, Any]:
        keys = ("p50_ms", "p99_ms", "server_cpu_ms_per_request")
        rounds = {key: [middle + 0.5, middle, middle - 0.25] for key in keys}
        medians = {f"median_{key}": middle for key in keys}
        return {**rounds, **medians, "cores_busy_with_others": [-0.1, 0.3]}

    gaps = {"p50": 1.5, "p99": 120.0}
    return {
        "machine": {"cores": 2, "python": "3.11.7", "load": [0.71, 0.8, 0.7], "nice": 0, "uvicorn": "0.54.0"},
        "500/s, bare application": load(1.0),
        "500/s, 1 token": load(2.0),
        "highest rate, 16 clients, 1 token": {"per_second": [2600.0, 3500.0, 3100.0]},
        "2000 streams of 64 tokens, 256 running": {
            "requests": 4000,
            "statuses": {"200": 513, "429": 3487},
            "truncated": 1,
            "first_token_ms": gaps,
            "between_tokens_ms": gaps,
        },
    }


def test_the_servers_time_has_every_round(tmp_path: Path) -> None:
    """Medians with the range of the rounds, the bare application beside; an answer that was cut is not whole."""
    put(tmp_path, "serve/results/overhead.json", overhead())
    lines, parts = list(server.lines(tmp_path)), "p50, p99, ms"
    assert rows(iter(lines)) == [
        "| requests, medians of 3 rounds (each round) | p50, ms | p99, ms | server's processor, ms each |",
        f"| 500/s, bare application | {' | '.join(['1.00 (0.75 to 1.50)'] * 3)} |",
        f"| 500/s, 1 token | {' | '.join(['2.00 (1.75 to 2.50)'] * 3)} |",
        f"| streams at once | asked | answered whole | refused (429) | first token {parts} | between tokens {parts} |",
        "| 2000 streams of 64 tokens, 256 running | 4,000 | 512 | 3,487 | 1.50, 120 | 1.50, 120 |",
    ]
    assert (
        "Highest rate, 16 clients, 1 token: 3,100 requests/s, median of 3 rounds (2,600 to 3,500)." in lines
    )
    assert "Others on the machine kept at most 0.30 cores busy meanwhile." in lines


def test_store_previews_and_policies_have_tables_too(tmp_path: Path) -> None:
    """What their benchmarks write with `--out` becomes a table and the command that wrote it."""
    rate = {"median": 500.0, "least": 400.0, "most": 1600.0}
    bucket = {"mib": 4, "cpus": 2, "kernel": "6.12", "load": [1.0, 1.0], "MBps": {"sealed bucket, put": rate}}
    put(tmp_path, "store/results/store.json", bucket)
    took = {"ours": 7.6, "bare": 6.0, "ratio": 1.27, "ratios": [1.24, 1.29]}
    stacks = {"aws-dev": {"resources": 105, "load": 2.9, "clock": took, "processor": took}}
    put(tmp_path, "preview/results/all.json", {"machine": {"cores": 2, "python": "3.11.7"}, "stacks": stacks})
    counts = {"1000": {"seconds": [0.5, 0.4, 0.7], "findings": 3750}}
    machine = {"cores": 2, "python": "3.11.7", "load": 0.5}
    put(tmp_path, "policy/results/pack.json", {"machine": machine, "rules": 70, "resources": counts})
    assert rows(store.lines(tmp_path))[-1] == "| sealed bucket, put | 500.0 | 400.0 to 1,600 |"
    assert rows(previews.lines(tmp_path))[-1] == (
        "| aws-dev | 105 | 7.60 | 6.00 | 1.27 (1.24 to 1.29) | 1.27 (1.24 to 1.29) | 2.9 |"
    )
    assert (
        "aws-dev --rounds 2 --out benchmarks/preview/results/all.json" in list(previews.lines(tmp_path))[-2]
    )
    assert rows(policies.lines(tmp_path))[-1] == "| 1000 | 0.50 | 0.40 to 0.70 | 3,750 |"
    assert "1000 --rounds 3 --out benchmarks/policy/results/pack.json" in list(policies.lines(tmp_path))[-2]


def test_a_model_has_a_short_name() -> None:
    """A billion is written as such, less in millions, and the layers are left out."""
    told = [
        model(Node("", shape)) for shape in ("llama 1073.8M (layers 16)", "llama 194.0M (layers 16)", "gpt2")
    ]
    assert told == ["Llama 1.07B", "Llama 194.0M", "Gpt2"]


def test_the_short_answer_has_what_was_measured(tmp_path: Path) -> None:
    """Without results there is no table; each result adds its line."""
    assert short.lines(tmp_path) == []
    put(tmp_path, "train/results/h100-gpt2-speed.json", gpt2())
    put(tmp_path, "serve/results/overhead.json", overhead())
    assert rows(iter(short.lines(tmp_path)))[1:] == [
        "| training GPT-2 124M, one H100 | 3,000 in float8 and 2,400 in bf16, tokens/s | 1.50 and 1.20 times nanoGPT |",
        "| the server itself, 500 requests/s, 2 cores | 2.00 ms at the median | 1.00 ms of a bare application |",
    ]
