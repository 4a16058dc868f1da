"""The folder of one job or service: who owns it, what is to run, what runs, and what it said."""

import contextlib
import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from providers.base.errors import ProviderError
from providers.localhost.process import files
from providers.localhost.process.record import Record
from providers.localhost.process.spec import Spec

T = TypeVar("T")

LOCK_TIMEOUT = 60.0
"""Seconds to wait for another engine that starts or stops the same program."""


@dataclass(frozen=True)
class Owner:
    """Whom a folder belongs to."""

    urn: str
    """The resource that claimed it."""

    instance: str
    """Random, new with each claim; also the mark of its processes."""


class Folder:
    """Files of one job or service, mode 0700."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "output.log"
        self.supervisor_log = path / "supervisor.log"
        self.supervisor_lock = path / "supervisor.lock"
        self._owner = path / "owner.json"
        self._spec = path / "spec.json"
        self._record = path / "state.json"
        self._lock = path / "lock"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep other engines from starting or stopping the program meanwhile."""
        with files.locked(self._lock, LOCK_TIMEOUT):
            yield

    def claim(self, urn: str, instance: str | None = None) -> Owner:
        """Make the folder this resource's own, or find that it is already.

        The claim is written before anything starts, so that whatever an interrupted run left is found by the next.
        A resource that was renamed shows its instance.
        """
        self._make()
        with self.held():
            owner = self.owner() or self._take(urn)
            if instance and owner.instance == instance and owner.urn != urn:
                owner = self._write_owner(Owner(urn, instance))
        if owner.urn != urn:
            raise ProviderError(
                f"directory {self.path} belongs to {owner.urn}; give this resource one of its own"
            )
        return owner

    def _make(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.mkdir(mode=0o700, exist_ok=True)
            self.path.chmod(0o700)
        except OSError as error:
            raise ProviderError(f"directory {self.path} can't be made: {error.strerror}") from error

    def _take(self, urn: str) -> Owner:
        strange = sorted(item.name for item in self.path.iterdir() if item != self._lock)
        if strange:
            few = ", ".join(strange[:5])
            raise ProviderError(f"directory {self.path} isn't empty ({few}); give a new or an empty one")
        return self._write_owner(Owner(urn, secrets.token_hex(8)))

    def _write_owner(self, owner: Owner) -> Owner:
        files.write(self._owner, json.dumps(asdict(owner)))
        return owner

    def owner(self) -> Owner | None:
        """Tell whose folder it is, None when nobody's."""
        return load(self._owner, lambda text: Owner(**json.loads(text)))

    def belongs_to(self, instance: str) -> bool:
        """Say whether it is still the folder that this instance claimed."""
        owner = self.owner()
        return owner is not None and owner.instance == instance

    def spec(self) -> Spec | None:
        """Read what is to run."""
        return load(self._spec, Spec.load)

    def put_spec(self, spec: Spec) -> None:
        """Write what is to run."""
        files.write(self._spec, spec.dump())

    def record(self) -> Record | None:
        """Read what the supervisor said last."""
        return load(self._record, Record.load)

    def put_record(self, record: Record) -> None:
        """Write what there is to say."""
        files.write(self._record, record.dump())

    def supervised(self) -> bool:
        """Say whether a supervisor lives; its lock ends with it, however it ended."""
        return files.is_locked(self.supervisor_lock)

    def remove(self) -> None:
        """Delete the folder and all in it, what the program wrote there included.

        The claim goes last: a removal that was cut off is taken up again.
        """
        for item in self.path.iterdir():
            if item.is_dir() and not item.is_symlink():
                shutil.rmtree(item)
            elif item != self._owner:
                item.unlink()
        self._owner.unlink()
        self.path.rmdir()


def load(path: Path, parse: Callable[[str], T]) -> T | None:
    """Read a file of ours, None when there is none; one that was damaged is told with the way out."""
    text = files.read(path)
    try:
        return parse(text) if text is not None else None
    except (ValueError, TypeError, LookupError) as error:
        raise ProviderError(
            f"{path} is damaged ({error}); remove {path.parent} and run `pulumi up` again"
        ) from error
