"""Every failure ends in one clear error and the exit code of Pulumi's table."""

import json

import pytest
import typer
from pulumi.automation import CommandResult
from pulumi.automation.errors import CommandError, ConcurrentUpdateError, StackNotFoundError
from pulumi.automation.events import DiagnosticEvent

from console.engine import EngineError
from console.events import cause, missing_plugin
from console.exits import Exit
from console.failures import Failed, boundary, classify
from console.plan.make import errors
from console.plan.recording import Recording
from infra.problems import Problem, ProblemsError
from infra.settings import NoStackError


def said(text: str) -> CommandResult:
    """Give what a Pulumi command ended with."""
    return CommandResult("", text, 1)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            ProblemsError("the settings have mistakes", [Problem("a.b", "unknown setting")]),
            Exit.CONFIGURATION,
            "a.b",
        ),
        (Failed("stopped by budget", Exit.POLICY), Exit.POLICY, "stopped by budget"),
        (StackNotFoundError(said("no stack")), Exit.NO_STACK, "causeway up"),
        (
            StackNotFoundError(said("error: no stack named 'a/b/dev' found")),
            Exit.NO_STACK,
            "`causeway up dev`",
        ),
        (ConcurrentUpdateError(said("currently locked by 1 lock(s)")), Exit.GENERIC, "another `up`"),
        (
            CommandError(said("error: incorrect passphrase")),
            Exit.AUTHENTICATION,
            "PULUMI_CONFIG_PASSPHRASE_FILE",
        ),
        (
            NoStackError("no such stack", [Problem("stacks/Pulumi.x.yaml", "there is no such file")]),
            Exit.NO_STACK,
            "x",
        ),
        (CommandError(said("error: validating stack config: bad value")), Exit.CONFIGURATION, "`secure:`"),
        (
            CommandError(
                said(
                    "error: 2 errors occurred:\n1) saving stack config\n2) open /x y.yaml: read-only file system\n"
                )
            ),
            Exit.CONFIGURATION,
            "into /x y.yaml while it works, and could not: read-only file system.",
        ),
        (
            CommandError(said("error: saving stack config: open /x.yaml: permission denied")),
            Exit.CONFIGURATION,
            "into /x.yaml while it works, and could not: permission denied.",
        ),
        (EngineError("install Go"), Exit.GENERIC, "install Go"),
        (OSError(28, "No space left on device", "/data"), Exit.GENERIC, "/data: No space left on device"),
        (TypeError("boom"), Exit.INTERNAL, "a bug in causeway"),
        (KeyboardInterrupt(), Exit.CANCELLED, "carries on"),
    ],
)
def test_each_kind_has_its_code_and_text(
    error: BaseException, code: Exit, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The text says what to do; the code is the published one."""
    with pytest.raises(typer.Exit) as caught, boundary(as_json=False):
        raise error
    assert caught.value.exit_code == code
    assert words in capsys.readouterr().err


PLUGIN = "install the plugin using `pulumi plugin install resource aws v7.51.1`"
NOT_THERE = (
    f"Could not automatically download resource plugin 'pulumi-resource-aws', {PLUGIN}: failed all 5 attempts",
    f"no resource plugin 'pulumi-resource-aws' found in the workspace at version v7.51.1 or on your $PATH, {PLUGIN}",
)


@pytest.mark.parametrize("message", NOT_THERE)
def test_a_provider_plugin_that_is_not_there_is_one_sentence(message: str) -> None:
    """Which one, how to get it, and what does without, from an event or from what the command printed."""
    event = DiagnosticEvent(message=message, color="never", severity="error")
    digest = Recording(({"diagnosticEvent": {"severity": "error", "message": message}},), (), 1)
    told, code = classify(f"code: 1\nstderr: error: {message}")
    assert (cause(event), errors(digest), code) == (told, (told,), Exit.GENERIC)
    assert told.startswith("the provider plugin aws v7.51.1 is not installed")
    assert "`pulumi plugin install resource aws v7.51.1`" in told
    assert "--rehearse" in told
    assert missing_plugin("no stack named 'a' found") == ""


def test_as_json_the_problems_are_data(capsys: pytest.CaptureFixture[str]) -> None:
    """A machine reads problems one by one from standard output."""
    with pytest.raises(typer.Exit), boundary(as_json=True):
        raise ProblemsError("mistakes", [Problem("a", "x", "y", "z")])
    document = json.loads(capsys.readouterr().out)
    assert document["exitCode"] == 2
    assert document["problems"] == [{"where": "a", "text": "x", "allowed": "y", "suggestion": "z"}]


def test_the_automation_framing_is_left_out() -> None:
    """What a person reads are the engine's own lines."""
    text, code = classify("\n code: 1\n stdout: \n\n stderr: \n error: boom\n")
    assert (text, code) == ("boom", Exit.GENERIC)


def test_a_killed_engine_is_told_in_one_line() -> None:
    """What the command had printed until a signal ended it is progress, not an error."""
    text, code = classify("\n code: -9\n stdout: + localhost:index:Job pretrain creating\n stderr: \n")
    assert "ended by signal 9" in text
    assert "creating" not in text
    assert code == Exit.CANCELLED


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "1 error occurred:\n\t* the job failed: exit code 2\n\n",
            "Job pretrain: the job failed: exit code 2",
        ),
        ("<{%reset%}>update failed<{%reset%}>\n", ""),
        ("error reading from server: EOF", "Job pretrain: its provider was killed"),
        ("Detected that pulumi-resource-localhost exited prematurely.", ""),
    ],
)
def test_an_engines_error_is_freed_of_its_framing(message: str, told: str) -> None:
    """The resource is named, counts and endings are gone, and a dead provider is told once."""
    urn = "urn:pulumi:x::causeway::causeway:index:TrainingJob$localhost:index:Job::pretrain"
    text = cause(DiagnosticEvent(message=message, color="never", severity="error", urn=urn))
    assert text.startswith(told)
    assert bool(text) == bool(told)
