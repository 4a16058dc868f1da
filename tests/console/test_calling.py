"""The door of the command: wrong words, readers that went away, and Ctrl-C before a verb has begun."""

import json
import os
import signal
import subprocess
import sys

import pytest

from console.calling import run
from console.exits import Exit
from infra import paths

CAUSEWAY = (sys.executable, "-m", "console")
PRESSED = """
import os, signal, sys
from console import __main__ as door
class Pressed:
    def find_spec(self, name, *_):
        if name == "console.calling":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Pressed())
door.main()
"""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["upp"], "Did you mean 'up'?"),
        (["up", "--jsn"], "Possible options: --json"),
        (["up", "local", "extra"], "extra"),
        (["machines", "--platform"], "requires an argument"),
        (["rehearse", "local", "--verb", "fly"], "'fly' is not one of 'preview'"),
    ],
)
def test_a_wrong_word_is_a_mistake_like_any_other(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is one error on standard error, or one JSON document, with the code of a wrong configuration."""
    assert run(words) == Exit.CONFIGURATION
    assert told in capsys.readouterr().err
    assert run([*words, "--json"] if words[-1] != "--platform" else ["--json", *words]) == Exit.CONFIGURATION
    document = json.loads(capsys.readouterr().out)
    assert not document["ok"]
    assert document["exitCode"] == Exit.CONFIGURATION


def test_checks_of_no_platform_are_no_green_checks(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty list of stacks would be planned without a failure, so a platform that does not exist is one."""
    assert run(["ci", "stacks", "--platform", "awz"]) == Exit.CONFIGURATION
    assert "allowed are aws" in capsys.readouterr().err


def test_no_word_is_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    """The verbs are listed, and nothing is wrong."""
    assert run([]) == 0
    assert "rehearse" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["machines"], ["machines", "--json"]])
def test_a_reader_that_went_away_is_no_failure_of_ours(words: list[str]) -> None:
    """`causeway machines | head -1` ends without a trace or a word."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(
            [*CAUSEWAY, *words],
            stdout=closed,
            stderr=subprocess.PIPE,
            cwd=paths.project(),
            timeout=60,
            check=False,
        )
    assert done.stderr == b""


def test_ctrl_c_while_it_loads_leaves_no_trace() -> None:
    """Nothing is in flight then: the process ends by the signal, silently."""
    done = subprocess.run(
        [sys.executable, "-c", PRESSED], capture_output=True, cwd=paths.project(), timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


def test_few_characters_and_no_output_at_all_are_enough() -> None:
    """A terminal of ASCII gets marks in place of what it can't show; a closed output swallows the result."""
    narrow = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0"}
    for command in ("exec $0 -m console doctor local", "exec $0 -m console machines --json >&-"):
        done = subprocess.run(
            ["sh", "-c", command, sys.executable],
            capture_output=True,
            env=narrow,
            cwd=paths.project(),
            timeout=60,
            check=False,
        )
        assert b"Traceback" not in done.stderr
