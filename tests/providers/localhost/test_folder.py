"""Folders and whom they belong to."""

import stat
from pathlib import Path

import pytest

from providers.base.errors import ProviderError
from providers.localhost.process import launch
from providers.localhost.process.folder import Folder


def test_claim_makes_a_private_folder(tmp_path: Path) -> None:
    """The first claim makes the folder with its parents; a second one by the same resource finds it."""
    folder = Folder(tmp_path / "a" / "b")
    owner = folder.claim("urn:one")
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert folder.claim("urn:one") == owner
    assert folder.belongs_to(owner.instance)


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    """Another resource is refused, and told who owns the folder."""
    folder = Folder(tmp_path / "a")
    folder.claim("urn:one")
    with pytest.raises(ProviderError, match="belongs to urn:one; give this resource one of its own"):
        folder.claim("urn:two")


def test_a_renamed_resource_keeps_its_folder(tmp_path: Path) -> None:
    """Who knows the instance owns the folder under a new name too."""
    folder = Folder(tmp_path / "a")
    instance = folder.claim("urn:one").instance
    assert folder.claim("urn:renamed", instance).instance == instance
    assert folder.claim("urn:renamed").urn == "urn:renamed"


def test_a_used_folder_is_refused(tmp_path: Path) -> None:
    """A folder with anything of somebody else's in it is never taken, as it would be deleted some day."""
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(ProviderError, match=r"isn't empty \(thesis.tex\)"):
        Folder(tmp_path).claim("urn:one")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"phase": "running", "color": "red"}'])
def test_damage_is_told(tmp_path: Path, text: str) -> None:
    """A file that was cut or edited is an error with the way out."""
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(ProviderError, match=r"state.json is damaged .*; remove .* and run `pulumi up` again"):
        Folder(tmp_path).record()


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    """A file in the way is an error for the user, not a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ProviderError, match="can't be made"):
        Folder(tmp_path / "file" / "a").claim("urn:one")


def test_a_removal_that_was_cut_off_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim goes last, so that a folder half removed still belongs to its resource."""
    folder = Folder(tmp_path / "a")
    instance = folder.claim("urn:one").instance
    (folder.path / "data").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", cut_off)
        with pytest.raises(InterruptedError):
            folder.remove()
    assert folder.belongs_to(instance)
    launch.erase(folder, instance, 0.0)
    assert not folder.path.exists()


def cut_off(path: Path) -> None:
    """End as a kill would."""
    raise InterruptedError(str(path))
