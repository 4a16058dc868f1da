"""Bad input ends in one clear error with the right exit code; nothing is created, nothing is lost."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import clone as clones
import pytest
from clone import Clone

pytestmark = pytest.mark.timeout(300)

STACK = """config:
  causeway:platform: local
  causeway:owner: you
  causeway:team: platform
  causeway:cost_center: none
  causeway:data_classes: {text: {}}
  causeway:budget: {monthly_usd: 0}
  causeway:stores: {artifacts: {data_class: text, force_destroy: true}}
"""
TRAINING = "  causeway:training: {store: artifacts, options: {OPTIONS}}\n"
SERVING = "  causeway:serving: {store: artifacts, restart: never, port: PORT}\n"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """Give a fresh clone."""
    return clones.make(tmp_path_factory.mktemp("clone"))


def refused(clone: Clone, text: str, *words: str, code: int, **variables: str) -> str:
    """Run `up` on a stack file that can't work, and give the one error that it ends with."""
    clone.stack_file("bad").write_text(text)
    command = [str(clone.python), "-m", "console", *(words or ("up", "bad"))]
    result = clone.run(command, timeout=300, extra=variables)
    assert result.returncode == code, result.stdout + result.stderr
    return one_error(result)


def one_error(result: subprocess.CompletedProcess[str]) -> str:
    """Give the error of a run: it is told once, at the end, and without a trace."""
    assert "Traceback" not in result.stderr
    assert result.stderr.count("error:") == 1
    return result.stderr[result.stderr.index("error:") :]


def traces(clone: Clone) -> list[Path]:
    """Give what the stack of the mistakes left in the clone's home: state, locks, folders."""
    return [*clone.home.rglob("bad*"), *clone.home.rglob("locla*")]


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        (
            "causeway:owner",
            "causeway:ownr",
            ["bad.yaml:3 causeway:ownr", "did you mean 'owner'", "causeway:owner: is"],
        ),
        ("causeway:team", "team", ["bad.yaml:4 team: nobody reads", "did you mean 'causeway:team'"]),
        ("monthly_usd: 0", "monthly_usd: much", ["bad.yaml:7", "given 'much'", "allowed: a number"]),
        ("platform: local", "platform: gpc", ["given 'gpc'", "allowed: aws, gcp", "did you mean 'gcp'"]),
        ("{text: {}}", "{text: {}", ["not YAML", "bad.yaml:7"]),
        ("data_class: text", "data_class: texts", ["'texts' does not exist", "did you mean 'text'"]),
    ],
    ids=[
        "misspelt",
        "without our name space",
        "wrong type",
        "unknown platform",
        "no YAML",
        "name of nothing",
    ],
)
def test_a_wrong_setting(clone: Clone, good: str, bad: str, words: list[str]) -> None:
    """Place, value, what is allowed and the nearest name are told; no state and no folder comes to be."""
    error = refused(clone, STACK.replace(good, bad), code=2)
    assert [word for word in words if word not in error] == []
    assert "Nothing was changed." in error
    assert not traces(clone)


def test_an_unknown_stack(clone: Clone) -> None:
    """The stacks that exist are named; the code is that of a missing stack."""
    error = refused(clone, STACK, "up", "locla", code=6)
    assert "did you mean 'local'" in error
    assert not traces(clone)


def test_a_capability_without_a_backend(clone: Clone) -> None:
    """The file that is missing is named before anything is made."""
    backend = clone.folder / "components" / "training_job" / "local.py"
    kept = backend.rename(backend.with_suffix(".kept"))
    try:
        error = refused(clone, STACK + TRAINING.replace("OPTIONS", ""), code=2)
    finally:
        kept.rename(backend)
    assert "training_job has no local backend yet (it would be components/training_job/local.py)" in error
    assert not traces(clone)


@pytest.mark.parametrize(
    ("content", "why"), [(None, "no such file"), (b"", "empty"), (b"\x00\xff\x00\xfe" * 999, "binary")]
)
def test_a_corpus_that_can_not_be_read(clone: Clone, tmp_path: Path, content: bytes | None, why: str) -> None:
    """A corpus on this machine's disk is looked at before a key or a store is made for it."""
    corpus = tmp_path / "corpus.txt"
    if content is not None:
        corpus.write_bytes(content)
    error = refused(clone, STACK + TRAINING.replace("OPTIONS", f"corpus: {corpus}"), code=2)
    assert "bad.yaml:9 causeway:training.options.corpus" in error
    assert why in error
    assert not traces(clone)


def test_no_engine_and_no_way_to_build_one(clone: Clone, tmp_path: Path) -> None:
    """Without a release, a network and a Go that is new enough the error says what to install, within seconds."""
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\necho go1.1\n")
    go.chmod(0o755)
    nowhere = {"PATH": f"{tmp_path}:/usr/bin:/bin", "CAUSEWAY_CACHE": str(tmp_path / "cache")}
    offline = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    error = refused(clone, STACK, code=1, **nowhere, **offline)
    assert "install the Pulumi CLI" in error
    assert "install Go" in error
    assert not list((tmp_path / "cache").glob("engine-*/"))


@pytest.fixture(scope="module")
def stack(clone: Clone) -> Iterator[Clone]:
    """Give a clone with a small stack that is up: a key ring and a store."""
    clone.stack_file("small").write_text(STACK)
    clone.json("up", "small")
    yield clone
    clone.stack_file("small").write_text(STACK)
    clone.json("down", "small")


TENANT = """config:
  causeway:stands_on: STACK
  causeway:owner: you
  causeway:team: apps
  causeway:cost_center: none
  causeway:budget: {monthly_usd: much}
  causeway:trainign: {store: artifacts}
  causeway:serving: {store: artifacts}
"""


@pytest.mark.engine
@pytest.mark.parametrize(
    ("below", "words"),
    [
        ("aws-dev", ["there is no stack 'aws-dev' yet: run `causeway up aws-dev` first"]),
        ("aws-dve", ["there is no stack 'aws-dve'; allowed: aws-dev", "did you mean 'aws-dev'"]),
    ],
)
def test_a_stack_below_that_is_not_there(clone: Clone, below: str, words: list[str]) -> None:
    """It is told beside the file's own mistakes, all with their lines; no state comes to be."""
    error = refused(clone, TENANT.replace("STACK", below), code=2)
    lines = ["bad.yaml:2 causeway:stands_on", "bad.yaml:6", "given 'much'", "bad.yaml:7 causeway:trainign"]
    assert [word for word in (*lines, *words, "Nothing was changed.") if word not in error] == []
    assert not traces(clone)


@pytest.mark.engine
def test_a_wrong_passphrase(stack: Clone) -> None:
    """The variable that holds it is named; the state stays as it was."""
    state = stack.home / "state/.pulumi/stacks/causeway/small.json"
    before = state.read_bytes()
    error = refused(stack, STACK, "up", "small", code=3, PULUMI_CONFIG_PASSPHRASE="wrong")
    assert "$PULUMI_CONFIG_PASSPHRASE does not open" in error
    assert str(stack.home / "passphrase") in error
    assert state.read_bytes() == before


@pytest.mark.engine
def test_two_at_once(stack: Clone) -> None:
    """While a living process holds the stack's lock, a second `up` changes nothing and says whom to wait for."""
    folder = stack.home / "state/.pulumi/locks/organization/causeway/small"
    folder.mkdir(parents=True, exist_ok=True)
    holder = {"pid": os.getpid(), "username": "somebody", "hostname": os.uname().nodename}
    lock = folder / "other.json"
    lock.write_text(json.dumps({**holder, "timestamp": "2026-01-01T00:00:00Z"}))
    try:
        error = refused(stack, STACK, "up", "small", code=1)
    finally:
        lock.unlink()
    assert "another `up` or `down` of this stack is running (somebody@" in error


@pytest.mark.engine
def test_a_port_in_use(stack: Clone) -> None:
    """Port and process that has it are named; what was up stays up, and no server is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        stack.stack_file("small").write_text(STACK + SERVING.replace("PORT", str(port)))
        result = stack.causeway("up", "small")
    assert result.returncode == 4
    assert f"Service serve: port: {port} is in use by" in one_error(result)
    stack.stack_file("small").write_text(STACK)
    assert stack.json("status", "small")["ok"]


@pytest.mark.engine
def test_a_mistake_in_a_plain_preview(stack: Clone) -> None:
    """Plain `pulumi` tells the same mistakes as one diagnostic, without a trace, and fails."""
    stack.stack_file("small").write_text(STACK.replace("monthly_usd: 0", "monthly_usd: much"))
    try:
        result = stack.pulumi("preview", "--stack", "small")
    finally:
        stack.stack_file("small").write_text(STACK)
    assert result.returncode != 0
    told = result.stdout.partition("Diagnostics:")[2]
    assert told.count("error:") == 1
    assert "budget.monthly_usd: given 'much'; allowed: a number" in told
    assert "Traceback" not in told
