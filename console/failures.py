"""The boundary where every exception becomes one clear error and one exit code."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pulumi.automation.errors import CommandError, ConcurrentUpdateError, StackNotFoundError

from console import say
from console.exits import Exit
from infra.problems import ProblemsError

_NOT_OPENED = (
    "the passphrase does not open this stack's secrets. It was made with another one: set "
    "PULUMI_CONFIG_PASSPHRASE_FILE to the file of that passphrase. Nothing was changed."
)


class Failed(Exception):  # noqa: N818  it reads as what happened, and is never shown by its name
    """A verb ended without success; the text says why and what to do."""

    def __init__(self, text: str, code: Exit = Exit.GENERIC) -> None:
        super().__init__(text)
        self.code = code


@contextmanager
def boundary(*, as_json: bool) -> Iterator[None]:
    """Turn exceptions into one error text, or one JSON document, and the exit code."""
    try:
        yield
    except ProblemsError as problem:
        details = [vars(item) for item in problem.problems]
        _end(f"{problem}\nNothing was changed.", Exit.CONFIGURATION, as_json=as_json, problems=details)
    except Failed as failure:
        _end(str(failure), failure.code, as_json=as_json)
    except StackNotFoundError:
        _end("this stack has no state yet: `causeway up` makes it", Exit.NO_STACK, as_json=as_json)
    except ConcurrentUpdateError as error:
        _end(_locked(str(error)), Exit.GENERIC, as_json=as_json)
    except CommandError as error:
        _end(*classify(str(error)), as_json=as_json)
    except KeyboardInterrupt:
        text = "cancelled: what exists is kept in the state, the next `causeway up` carries on"
        _end(text, Exit.CANCELLED, as_json=as_json)


def classify(text: str) -> tuple[str, Exit]:
    """Find the cause in what the Pulumi command printed."""
    if "incorrect passphrase" in text:
        return _NOT_OPENED, Exit.AUTHENTICATION
    if "currently locked" in text:
        return _locked(text), Exit.GENERIC
    return _shortened(text), Exit.GENERIC


def _end(text: str, code: Exit, *, as_json: bool, problems: list[dict[str, str]] | None = None) -> None:
    if as_json:
        say.as_json({"ok": False, "error": text, "problems": problems or [], "exitCode": int(code)})
    else:
        say.error(text)
    raise typer.Exit(int(code))


def _locked(text: str) -> str:
    holder = re.search(r"created by (.+)", text)
    who = f" ({holder.group(1).strip()})" if holder else ""
    return (
        f"another `up` or `down` of this stack is running{who}. Wait until it ends; if it was killed, "
        "`pulumi cancel` frees the stack. Nothing was changed."
    )


def _shortened(text: str) -> str:
    """Keep the diagnostics of a failed command, without the automation's framing."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    wanted = [line for line in lines if not line.strip().startswith(("code:", "stdout:", "stderr:"))]
    return "\n".join(wanted[-30:])
