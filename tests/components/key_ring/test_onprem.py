"""OpenBao on a site: the keeper makes keys once, rotates them when asked, and shows no token to anyone."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.key_ring.onprem import server, wanted
from components.key_ring.onprem.keeper import FOLDER, KEEPER, Key, listed
from components.key_ring.shape import parse

BAO = """#!/bin/sh
echo "$*" >>"$BOOK/calls"
case "$*" in
  *auth/kubernetes/login*) echo session ;;
  "read "*) cat "$BOOK/policy" 2>/dev/null || exit 2 ;;
  *sys/policies/acl*) echo "$3" | sed 's/^policy=//' >"$BOOK/policy" ;;
  *auth/token/renew*) [ -e "$BOOK/known" ] || exit 2 ;;
  *create-orphan*) touch "$BOOK/known" ;;
esac
"""
"""Stands for the `bao` command: writes down what it is told, and keeps one policy and one token."""

TOKEN = "a-token-that-nobody-may-see"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Give a folder with the command and the keeper's files."""
    tool = tmp_path / "bao"
    tool.write_text(BAO)
    tool.chmod(0o700)
    (tmp_path / "corpus").write_text(TOKEN)
    (tmp_path / "keeper.sh").write_text(KEEPER.replace(FOLDER, str(tmp_path)))
    return tmp_path


def keep(book: Path, generation: int) -> list[str]:
    """Let the keeper go round once; gives what it told the server."""
    (book / "keys").write_text(listed([Key("corpus", 90, generation)]))
    (book / "calls").unlink(missing_ok=True)
    environment = {"PATH": f"{book}:{os.environ['PATH']}", "BOOK": str(book), "KEEP_ONCE": "1"}
    subprocess.run(["/bin/sh", str(book / "keeper.sh")], env=environment, check=True, timeout=20)
    return (book / "calls").read_text().splitlines()


def test_a_key_is_made_closed_and_rotates_by_itself(book: Path) -> None:
    """The key never leaves, cannot be deleted by a slip, and rotates within its class's days."""
    told = keep(book, 1)
    assert "write -f transit/keys/corpus type=aes256-gcm96 exportable=false" in told
    assert "write transit/keys/corpus/config auto_rotate_period=2160h deletion_allowed=false" in told
    assert any("create-orphan" in line for line in told)


def test_a_rotation_asked_for_once_happens_once(book: Path) -> None:
    """Generation 2 rotates in the first round after it was asked for, and in no later one."""
    rotate = "write -f transit/keys/corpus/rotate"
    assert rotate not in keep(book, 1)
    assert rotate in keep(book, 2)
    assert rotate not in keep(book, 2)


def test_a_token_lives_on(book: Path) -> None:
    """A token that is known is renewed, not made again."""
    keep(book, 1)
    assert not any("create-orphan" in line for line in keep(book, 1))


def test_no_token_is_an_argument(book: Path) -> None:
    """Arguments can be read by every process; tokens travel by their file."""
    assert TOKEN not in "\n".join([*keep(book, 1), *keep(book, 2)])


def test_servers_speak_tls_and_write_an_audit_log() -> None:
    """Three servers, TLS 1.3, no plain listener, an audit device, a seal of their own."""
    values: Any = server.values("")
    assert values["global"]["tlsDisable"] is False
    assert values["server"]["ha"]["replicas"] == 3
    assert 'tls_min_version = "tls13"' in server.CONFIG
    assert "tls_disable" not in server.CONFIG
    assert 'audit "file"' in server.CONFIG
    assert server.CONFIG.count("{") == server.CONFIG.count("}")


def test_purposes_rotate_as_often_as_the_strictest_class() -> None:
    """Keys of logs and cluster follow the shortest period of all classes."""
    spec = parse({"platform": "onprem", "rotation_days": {"a": 90, "b": 30}})
    keys = wanted("keys", spec)
    assert {label: key.days for label, key in keys.items()} == {"a": 90, "b": 30, "logs": 30, "cluster": 30}
