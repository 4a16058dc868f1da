"""Wait for signals without a handler that does anything: what a handler may touch safely is next to nothing."""

import select
import signal
import socket


class Signals:
    """Signals of this process, to be waited for; only the main thread may make one."""

    def __init__(self, *numbers: signal.Signals) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        for number in numbers:
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def wait(self, timeout: float | None = None) -> frozenset[int]:
        """Wait up to `timeout` seconds (None: for ever) and give the signals that came, none after the time is up."""
        ready, _, _ = select.select([self._reader], [], [], timeout)
        return frozenset(self._reader.recv(4096)) if ready else frozenset()
