"""What set-up tells the person who waits: one line a step, with elapsed seconds, on standard error."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


def error(text: str) -> None:
    """Print one clear error line."""
    print(f"causeway set-up: error: {text}", file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Show that a step runs: a ticking line on a terminal, one line at each end elsewhere."""
    start = time.monotonic()
    live = sys.stderr.isatty()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(1):
            print(f"\r  … {text} ({time.monotonic() - start:.0f} s)", end="", file=sys.stderr, flush=True)

    if live:
        threading.Thread(target=tick, daemon=True).start()
    else:
        print(f"  … {text}", file=sys.stderr, flush=True)
    mark = "✗"
    try:
        yield
        mark = "✓"
    finally:
        done.set()
        start_of_line = "\r" if live else ""
        elapsed = time.monotonic() - start
        print(f"{start_of_line}  {mark} {text} ({elapsed:.0f} s)   ", file=sys.stderr, flush=True)
