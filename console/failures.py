"""The boundary where every exception becomes one clear error and one exit code."""

import os
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from pulumi.automation.errors import CommandError, ConcurrentUpdateError, StackNotFoundError

from console import say
from console.engine import EngineError
from console.events import Gathered, missing_plugin
from console.exits import Exit
from infra import paths
from infra.problems import Problem, ProblemsError
from infra.settings import NoStackError
from providers.rehearsal.accountfile import AccountError

_CANCELLED = (
    "cancelled: a stack that was being changed keeps in its state what exists, and a job that began goes on in the "
    "background; the next `causeway up` carries on, `causeway down` takes all away"
)


_CUT_STATE = (
    "the state can't be read: a run was killed while writing it. `causeway up` or `causeway down` mends it"
)

_SEALED_ELSEWHERE = (
    "a value under `secure:` in the stack file is none that this stack's passphrase or key has sealed: write it again "
    "with `pulumi config set --secret`. Nothing was changed."
)

_UNSAVED = "the engine writes into {} while it works, and could not: {}. Let the file be written; it is left as it was."

_KILLED = (
    "the engine was ended by signal {}: what exists is kept in the state, "
    "the next `causeway up` looks at what was cut off and goes on"
)


class Failed(Exception):  # noqa: N818  it reads as what happened, and is never shown by its name
    """A verb ended without success; the text says why and what to do."""

    def __init__(self, text: str, code: Exit = Exit.GENERIC, *, told: bool = False) -> None:
        """Keep the exit code.

        Args:
            text: What happened.
            code: The exit code. Default: 1.
            told: The verb's own JSON document says so already, and one document is all there may be. Default: false.
        """
        super().__init__(text)
        self.code = code
        self.told = told


@contextmanager
def boundary(*, as_json: bool) -> Iterator[None]:
    """Turn exceptions into one error text, or one JSON document, and the exit code."""
    try:
        yield
    except typer.Exit:
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  what no row foresees is told as our bug
        text, code = told(error)
        if getattr(error, "told", False):
            raise typer.Exit(int(code)) from None
        _end(text, code, as_json=as_json, problems=getattr(error, "problems", ()))


def told(error: BaseException) -> tuple[str, Exit]:
    """Say what a failure means, and its exit code."""
    tell = next((tell for kind, tell in _TELL if isinstance(error, kind)), _bug)
    return tell(error)


def _wrong_word(error: Any) -> tuple[str, Exit]:
    """Say which word the command line does not know, and where its words are listed."""
    verb = error.ctx.command_path if getattr(error, "ctx", None) else "causeway"
    text = error.format_message().replace("Value error, ", "")
    return f"{text} `{verb} --help` lists what there is.", Exit.CONFIGURATION


def _bug(error: BaseException) -> tuple[str, Exit]:
    traceback.print_exception(error)
    return f"a bug in causeway: {error!r}. Please report it with the trace above.", Exit.INTERNAL


def classify(text: str) -> tuple[str, Exit]:
    """Find the cause in what the Pulumi command printed."""
    if "incorrect passphrase" in text:
        return _not_opened(), Exit.AUTHENTICATION
    if missing := missing_plugin(text):
        return missing, Exit.GENERIC
    if "currently locked" in text:
        return _locked(text), Exit.GENERIC
    if "validating stack config: bad value" in text:
        return _SEALED_ELSEWHERE, Exit.CONFIGURATION
    if unsaved := re.search(r"saving stack config\W.*?open (.+?): ([^\n]+)", text, re.DOTALL):
        return _UNSAVED.format(*unsaved.groups()), Exit.CONFIGURATION
    if "failed to load checkpoint" in text:
        return _CUT_STATE, Exit.GENERIC
    if killed := re.match(r"\s*code: -(\d+)", text):
        return _KILLED.format(killed.group(1)), Exit.CANCELLED
    return _shortened(text), Exit.GENERIC


def explain(error: CommandError, gathered: Gathered) -> Failed:
    """Say why an operation failed: what the engine reported of it while it ran, else what its command printed."""
    if gathered.errors:
        return Failed("\n".join(gathered.errors), Exit.RESOURCE if gathered.failed else Exit.GENERIC)
    return Failed(*classify(str(error)))


def _end(text: str, code: Exit, *, as_json: bool, problems: Sequence[Problem]) -> NoReturn:
    if as_json:
        details = [vars(problem) for problem in problems]
        say.as_json({"ok": False, "error": text, "problems": details, "exitCode": int(code)})
    else:
        say.error(text)
    raise typer.Exit(int(code))


def _not_opened() -> str:
    names = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    given = next((f"${name}" for name in names if os.environ.get(name)), str(paths.home() / "passphrase"))
    return (
        f"the passphrase of {given} does not open this stack's secrets, which were made with another one. Unset the "
        f"variables {' and '.join(names)} to use the one of this clone ({paths.home() / 'passphrase'}), "
        "or set one of them to the passphrase that the stack was made with. Nothing was changed."
    )


def _locked(text: str) -> str:
    holder = re.search(r"created by (.+)", text)
    who = f" ({holder.group(1).strip()})" if holder else ""
    return (
        f"another `up` or `down` of this stack is running{who}. Wait until it ends; if it was killed, "
        "`pulumi cancel` frees the stack. Nothing was changed."
    )


def _stateless(text: str) -> str:
    found = re.search(r"no stack named '(?:[^']*/)?([^']+)'", text)
    named = f" {found.group(1)}" if found else ""
    return f"the stack{named} has no state yet: `causeway up{named}` makes it"


def _shortened(text: str) -> str:
    """Keep the diagnostics of a failed command, without the automation's framing."""
    lines = [_FRAMING.sub("", line).rstrip() for line in text.splitlines()]
    wanted = [line for line in lines if line]
    begin = next((n for n, line in enumerate(wanted) if line.startswith("error: ")), max(0, len(wanted) - 10))
    return "\n".join(wanted[begin:]).removeprefix("error: ")


_FRAMING = re.compile(r"^ *(code: -?\d+|stdout:|stderr:)? ?")


_TELL: tuple[tuple[type[BaseException], Callable[[Any], tuple[str, Exit]]], ...] = (
    (typer.TyperException, _wrong_word),
    (NoStackError, lambda error: (f"{error}\nNothing was changed.", Exit.NO_STACK)),
    (ProblemsError, lambda error: (f"{error}\nNothing was changed.", Exit.CONFIGURATION)),
    (Failed, lambda error: (str(error), error.code)),
    (EngineError, lambda error: (str(error), Exit.GENERIC)),
    (AccountError, lambda error: (str(error), Exit.GENERIC)),
    (StackNotFoundError, lambda error: (_stateless(str(error)), Exit.NO_STACK)),
    (ConcurrentUpdateError, lambda error: (_locked(str(error)), Exit.GENERIC)),
    (CommandError, lambda error: classify(str(error))),
    (KeyboardInterrupt, lambda _: (_CANCELLED, Exit.CANCELLED)),
    (OSError, lambda error: (f"{error.filename or 'the system'}: {error.strerror or error}", Exit.GENERIC)),
)
"""What each kind of failure says, and its exit code; the first row that fits counts."""
