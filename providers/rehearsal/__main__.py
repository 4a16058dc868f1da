"""Serve the stand-in clouds: `python -m providers.rehearsal --account DIR [--fault F] [PACKAGE ...]`.

The first line on stdout is what PULUMI_DEBUG_PROVIDERS takes: `aws:41001,kubernetes:41002,...`. All listen on
127.0.0.1. SIGTERM, SIGINT or the end of the parent process ends them.
"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from providers.base.server import GRACE, start
from providers.rehearsal import faults
from providers.rehearsal.account import Account
from providers.rehearsal.accountfile import AccountError
from providers.rehearsal.clouds import CLOUDS
from providers.rehearsal.schema.sdk import installed
from providers.rehearsal.standin import StandIn


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="providers.rehearsal", description=__doc__.partition("\n")[0])
    parser.add_argument("--account", type=Path, required=True, help="folder of the rehearsal's account")
    parser.add_argument("--fault", type=faults.parse, default=(), help="KIND, KIND@N or KIND@TYPE")
    parser.add_argument("packages", nargs="*", help="packages to stand in for (default: all installed)")
    options = parser.parse_args()
    try:
        account = Account(options.account)
    except AccountError as error:
        anew = "; nothing in it is real: empty the folder, or name another one" if error.spoilt else ""
        sys.exit(f"{parser.prog}: {error}{anew}")
    if unknown := set(options.packages) - set(CLOUDS):
        parser.error(f"no stand-in for {', '.join(sorted(unknown))}; there are: {', '.join(CLOUDS)}")
    packages = options.packages or [name for name in CLOUDS if installed(name)]
    standins = [StandIn(CLOUDS[package](account), options.fault) for package in packages]
    servers = [(standin, *start(standin)) for standin in standins]
    sys.stdout.write(",".join(f"{standin.name}:{port}" for standin, _, port in servers) + "\n")
    sys.stdout.flush()
    _wait()
    for standin, server, _ in servers:
        standin.links.cancel_all()
        server.stop(GRACE)
    account.close()
    os._exit(0)  # a creation that waits for a fault must not hold the process


def _wait() -> None:
    """Wait for a signal, or for the command that started us to end."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    while not stop.wait(0.5):
        if os.getppid() != parent:
            return


if __name__ == "__main__":
    main()
