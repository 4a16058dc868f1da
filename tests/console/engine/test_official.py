"""The official release: taken when it can be had, and never waited for when it can't."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from console.engine import official
from tests.console.engine.machine import Machine

WORKS = """
import pathlib, sys
home = pathlib.Path(sys.argv[1]) / "bin"
home.mkdir(parents=True)
(home / "pulumi").write_text(f"#!/bin/sh\\necho v{sys.argv[2]}\\n")
(home / "pulumi").chmod(0o755)
"""


class Site(BaseHTTPRequestHandler):
    """Answers every question with an empty page."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing."""


@pytest.fixture
def site(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """Give the bare machine with a site that can be reached."""
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        monkeypatch.setattr(official, "SITE", f"http://127.0.0.1:{server.server_port}/install.sh")
        yield machine
        server.shutdown()
        serving.join()


def test_unreachable_site_is_given_up(machine: Machine) -> None:
    """Without a network there is no release, and nothing is left in the cache."""
    assert official.install("3.259.0") is None
    assert not machine.cache.exists()


def test_release_is_installed_into_the_cache(site: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working installer fills a folder of the cache, which is found from then on."""
    monkeypatch.setattr(official, "INSTALL", WORKS)
    engine = official.install("3.259.0")
    assert engine is not None
    assert engine.pulumi == site.cache / "engine-3.259.0-official" / "bin" / "pulumi"
    assert official.cached("3.259.0") == engine


@pytest.mark.parametrize("script", ["raise SystemExit('disk full')", "import sys; sys.argv"])
def test_failing_installer_is_reported(
    site: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], script: str
) -> None:
    """An installer that fails, or leaves no command, is reported, and the caller may go on without it."""
    monkeypatch.setattr(official, "INSTALL", script)
    assert official.install("3.259.0") is None
    assert "the official installer failed" in capsys.readouterr().err
    assert official.cached("3.259.0") is None
