"""An account's file that can't be used is told in one sentence: where it is, what is wrong with it, and what helps."""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from infra import paths
from providers.rehearsal.account import Account, Name
from providers.rehearsal.accountfile import TABLES, VERSION, AccountError

from .conftest import Rig

VPC = "aws:ec2/vpc:Vpc"


def _filled(folder: Path) -> Path:
    account = Account(folder)
    for number in range(200):
        account.add(Name(VPC, "", f"vpc-{number}", "urn"), {"cidrBlock": "10.0.0.0/16"}, {}, [])
    account.close()
    return folder / "account.sqlite"


def test_tables_of_another_version_are_refused_with_both_versions(tmp_path: Path) -> None:
    """A file from before the numbers and one from the future are told; the file stays as it was."""
    file = _filled(tmp_path)
    for version in (0, VERSION + 1):
        with sqlite3.connect(file) as db:
            db.execute(f"PRAGMA user_version = {version}")
        db.close()
        with pytest.raises(
            AccountError, match=rf"{file}: .* version {version}, .* read version {VERSION}"
        ) as error:
            Account(tmp_path)
        assert error.value.spoilt


def test_other_tables_have_another_version() -> None:
    """Whoever changes a table is stopped here: give VERSION the next number, and this test the new digest."""
    digest = hashlib.sha256(TABLES.encode()).hexdigest()[:12]
    assert (VERSION, digest) == (1, "4a2b6cd45ced")


@pytest.mark.parametrize("harm", ["strange", "cut"])
def test_a_damaged_file_is_told(tmp_path: Path, harm: str) -> None:
    """Text in the file's place, and a file that lost its end."""
    file = _filled(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(
        b"no database, whatever its name" * 100 if harm == "strange" else whole[: len(whole) // 2]
    )
    with pytest.raises(AccountError, match="it is damaged, or no account") as error:
        Account(tmp_path)
    assert error.value.spoilt


def test_a_place_where_no_account_can_lie_is_told(tmp_path: Path) -> None:
    """A file in the folder's place, and a folder in the file's place; emptying something would not help."""
    (tmp_path / "file").touch()
    (tmp_path / "folder" / "account.sqlite").mkdir(parents=True)
    for folder, why in (("file", "no account can be kept there"), ("folder", "it can't be opened")):
        with pytest.raises(AccountError, match=why) as error:
            Account(tmp_path / folder)
        assert not error.value.spoilt


def test_where_no_space_is_left_nothing_is_half_written(rig: Callable[..., Rig]) -> None:
    """The engine hears the reason and no trace; what was there is there, and goes on when there is space."""
    aws = rig("aws")
    aws.create(VPC, {"cidrBlock": "10.0.0.0/16"}, "net")
    limit = aws.account._db.execute("PRAGMA max_page_count").fetchone()[0]
    aws.account._db.execute("PRAGMA max_page_count = 1")  # SQLite takes the pages that there are

    def fill() -> None:
        for number in range(100):
            aws.create(VPC, {"cidrBlock": "10.0.0.0/16"}, f"net-{number}")

    with pytest.raises(grpc.RpcError, match="no space is left") as error:
        fill()
    assert "Traceback" not in str(error.value)
    held = aws.account.count()
    assert held == len(aws.account.all())
    aws.account._db.execute(f"PRAGMA max_page_count = {limit}")
    aws.create(VPC, {"cidrBlock": "10.0.0.0/16"}, "after")
    assert aws.account.count() == held + 1


def test_the_command_ends_with_one_line(tmp_path: Path) -> None:
    """Stand-ins on a file that is none don't start: status 1, no port, and one line that says what helps."""
    (tmp_path / "account.sqlite").write_text("no database" * 100)
    done = subprocess.run(
        [sys.executable, "-m", "providers.rehearsal", "--account", str(tmp_path), "random"],
        cwd=paths.project(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "empty the folder, or name another one" in done.stderr
