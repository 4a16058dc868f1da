"""The local stack as a newcomer lives it: up, call, break, mend, rotate, down; on the real engine, with real processes.

This is one life of one stack, told in order by chapters: a fresh stack for each would train a model for each.
"""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import clone as clones
import pytest
from clone import Clone

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

STACK = """# yaml-language-server: $schema=./causeway.schema.json
config:
  causeway:platform: local
  causeway:jurisdiction: here
  causeway:owner: you
  causeway:team: platform
  causeway:cost_center: none
  causeway:data_classes:
    public-text: {jurisdictions: [any], rotation_days: 90}
  causeway:budget: {monthly_usd: 0}
  causeway:keys: {generation: 1}
  causeway:stores:
    artifacts: {data_class: public-text, force_destroy: true}
  causeway:cluster: {slots: 1}
  causeway:training:
    store: artifacts
    options: {corpus: CORPUS, depth: 1, steps: 30, vocab_size: 300, checkpoint_every: 10}
  causeway:serving: {store: artifacts, restart: never}
"""

SENTENCE = "The quick causeway carries every lorry over the grey tidal marsh"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """Give a fresh clone with a small stack; whatever happens, nothing of it stays alive."""
    folder = tmp_path_factory.mktemp("clone")
    made = clones.make(folder)
    corpus = folder / "corpus.txt"
    corpus.write_text("".join(f"{SENTENCE} number {n}.\n" for n in range(3000)))
    made.stack_file("tiny").write_text(STACK.replace("CORPUS", str(corpus)))
    yield made
    made.causeway("down", "tiny")


def test_one_life_of_a_stack(clone: Clone, subtests: pytest.Subtests) -> None:
    """Each chapter stands on the one before; all are told even when one fails."""
    for chapter in LIFE:
        with subtests.test(chapter.__name__.replace("_", " ")):
            chapter(clone)


def up_trains_and_serves(clone: Clone) -> None:
    """From nothing: the loss fell, the endpoint streams, the page is there, the stack file is as it was."""
    before = clone.stack_file("tiny").read_text()
    document = clone.json("up", "tiny")
    training = document["outputs"]["training"]
    assert training["last_loss"] < training["first_loss"]
    assert "data: " in complete(document["outputs"]["endpoint"])
    assert Path(document["page"]).stat().st_size > 3000
    assert clone.stack_file("tiny").read_text() == before


def a_second_up_changes_nothing(clone: Clone) -> None:
    """What is as the file says is left alone."""
    assert set(clone.json("up", "tiny")["changes"]) == {"same"}


def the_disk_reveals_nothing(clone: Clone) -> None:
    """No file of the bucket holds a word of the corpus, and reading through the store gives it back."""
    files = [file for file in (clone.home / "stacks/tiny/buckets").rglob("*") if file.is_file()]
    assert len(files) > 5
    assert not [file for file in files if b"causeway carries" in file.read_bytes()]
    listed = [
        json.loads(line) for line in store(clone, "ls", "runs/pretrain/data", "--json").stdout.splitlines()
    ]
    corpus = next(entry["key"] for entry in listed if entry["key"].endswith("corpus.txt"))
    assert f"{SENTENCE} number 7." in store(clone, "cat", corpus).stdout


def a_rotation_keeps_old_objects_readable(clone: Clone) -> None:
    """After the key's generation is raised the tokenizer of the first run still reads."""
    file = clone.stack_file("tiny")
    file.write_text(file.read_text().replace("generation: 1", "generation: 2"))
    assert clone.json("up", "tiny")["changes"]["update"] == 2  # the component and its ring
    result = store(clone, "cat", "runs/pretrain/export/config.json")
    assert json.loads(result.stdout)["architectures"] == ["LlamaForCausalLM"], result.stderr


def a_killed_server_is_seen_and_mended(clone: Clone) -> None:
    """After `kill -9`: status says it, refresh shows the drift, up starts it again on the same port."""
    service = resource(clone, "localhost:index:Service")
    os.kill(int(service["outputs"]["pid"]), signal.SIGKILL)
    status = clone.causeway("status", "tiny")
    assert status.returncode == 4
    assert "dead" in status.stdout
    drift = clone.pulumi("refresh", "--preview-only", "--diff", "--stack", "tiny")
    assert '"running" => "stopped"' in drift.stdout
    mended = clone.json("up", "tiny")
    assert mended["outputs"]["endpoint"] == service["outputs"]["url"]
    assert "data: " in complete(mended["outputs"]["endpoint"])


def a_plain_bucket_is_stopped_by_name(clone: Clone) -> None:
    """`encryption: none` is stopped by the rule in a plain `pulumi preview`."""
    file = clone.stack_file("tiny")
    before = file.read_text()
    file.write_text(
        before.replace("{data_class: public-text,", "{data_class: public-text, encryption: none,")
    )
    try:
        result = clone.pulumi("preview", "--stack", "tiny", "--policy-pack", "policy")
    finally:
        file.write_text(before)
    assert result.returncode != 0
    assert "stores-use-our-keys" in result.stdout + result.stderr


def five_mistakes_are_five_errors(clone: Clone) -> None:
    """A file with five mistakes ends with code 2, names each with its line, and nothing changes."""
    broken = STACK.replace("platform: local", "platform: locale").replace("slots: 1", "slots: many")
    broken = broken.replace("owner: you", "ownr: you").replace("depth: 1", "depht: 1")
    broken = broken.replace("monthly_usd: 0", "monthly_usd: -1")
    clone.stack_file("broken").write_text(broken)
    result = clone.causeway("up", "broken")
    assert result.returncode == 2
    for word in ("platform", "owner", "cluster.slots", "depht", "monthly_usd"):
        assert "Pulumi.broken.yaml:" in result.stderr
        assert word in result.stderr
    assert not (clone.home / "stacks/broken").exists()


def down_leaves_nothing(clone: Clone) -> None:
    """No resource, process, port or file of the stack is left, and the verb proves it."""
    port = int(resource(clone, "localhost:index:Service")["outputs"]["port"])
    document = clone.json("down", "tiny")
    assert document["left"] == {"resources": 0, "processes": [], "ports": [], "files": []}
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
    assert not (clone.home / "stacks/tiny").exists()


LIFE: tuple[Callable[[Clone], None], ...] = (
    up_trains_and_serves,
    a_second_up_changes_nothing,
    the_disk_reveals_nothing,
    a_rotation_keeps_old_objects_readable,
    a_killed_server_is_seen_and_mended,
    a_plain_bucket_is_stopped_by_name,
    five_mistakes_are_five_errors,
    down_leaves_nothing,
)


def complete(endpoint: str) -> str:
    """Ask for a short streamed completion and give the raw stream."""
    body = json.dumps({"prompt": "The quick", "max_tokens": 8, "stream": True}).encode()
    request = urllib.request.Request(f"{endpoint}/v1/completions", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return str(reply.read().decode())


def store(clone: Clone, verb: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Read the stack's bucket with the store's own command."""
    bucket = (clone.home / "stacks/tiny/buckets/artifacts").as_uri()
    ring = str(clone.home / "stacks/tiny/keys/public-text")
    command = [str(clone.python), "-m", "workloads.store", verb, bucket, *words, "--key-ring", ring]
    return clone.run(command, timeout=60)


def resource(clone: Clone, token: str) -> Any:
    """Give the one resource of a type from the exported state."""
    exported = json.loads(clone.pulumi("stack", "export", "--stack", "tiny").stdout)
    return next(entry for entry in exported["deployment"]["resources"] if entry["type"] == token)
