"""The end of a server in order: refuse what is new, finish what runs."""

import asyncio


class Drain:
    """Counts open requests and knows whether new ones are still let in."""

    def __init__(self) -> None:
        self.draining = False
        self.open = 0
        self._empty = asyncio.Event()
        self._empty.set()

    def enter(self) -> None:
        """A request begins."""
        self.open += 1
        self._empty.clear()

    def leave(self) -> None:
        """A request has been answered to its last byte."""
        self.open -= 1
        if not self.open:
            self._empty.set()

    def begin(self) -> None:
        """Let nothing new in."""
        self.draining = True

    async def wait(self, seconds: float) -> bool:
        """Wait until nothing is open; tell whether that came in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True
