"""The door of the `causeway` command: what happens before a verb begins and after it ended."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line."""
    started = signal.getsignal(signal.SIGINT)
    if started is signal.default_int_handler:
        # until the verbs are loaded there is nothing to end well
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    _open_streams()
    from console import calling  # here, as loading takes a second, in which Ctrl-C would be a trace

    signal.signal(signal.SIGINT, started)
    for number in (signal.SIGTERM, signal.SIGHUP):  # a cancelled job and a closed terminal end as Ctrl-C does
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        code = calling.run(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:
        code = _unsaid(error)
    sys.exit(code)


def _unsaid(error: OSError) -> int:
    """Give the exit code where the result could not be written; a reader that went away has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        sys.stderr.write(f"error: the result can't be written: {error.strerror}\n")
    return 1


def _open_streams() -> None:
    """Give closed streams a bottom, and a terminal that knows few characters a mark in place of each other one."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  open until the process ends
        else:
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
