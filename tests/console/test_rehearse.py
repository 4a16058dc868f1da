"""What a rehearsal refuses, turns, drifts and proves, before any engine is started."""

import json
from pathlib import Path

import pytest
import yaml

from console.exits import Exit
from console.failures import Failed
from console.rehearse import dial, drift
from console.rehearse.command import run
from console.rehearse.phases import Phase
from console.rehearse.proof import Inventory, _secret_texts
from console.rehearse.report import Report
from console.rehearse.scene import _nothing
from console.rehearse.stage import Options, _alone, rehearse
from console.rehearse.surroundings import CREDENTIALS, variables
from providers.rehearsal.account import Account, Name


def test_a_dial_is_turned_on_a_copy(tmp_path: Path) -> None:
    """A nested value changes, a new one appears, the rest and the source stay."""
    source, target = tmp_path / "a.yaml", tmp_path / "b.yaml"
    source.write_text("config:\n  causeway:cluster: {pools: {gpu: {count: 8}}}\n  causeway:owner: me\n")
    before = source.read_text()
    dial.turn(source, target, "cluster.pools.gpu.count=12")
    assert yaml.safe_load(target.read_text())["config"]["causeway:cluster"] == {
        "pools": {"gpu": {"count": 12}}
    }
    dial.turn(source, target, dial.DEFAULT)
    assert yaml.safe_load(target.read_text())["config"]["causeway:labels"] == {"rehearsed": "once"}
    assert source.read_text() == before


@pytest.mark.parametrize("setting", ["nothing", "=x", "owner.first=x", "owner=["])
def test_a_dial_that_is_none_is_refused(tmp_path: Path, setting: str) -> None:
    """No equals sign, no path, a path through a plain value, and a value that is no YAML are told."""
    source = tmp_path / "a.yaml"
    source.write_text("config:\n  causeway:owner: me\n")
    with pytest.raises(Failed, match="--dial"):
        dial.turn(source, tmp_path / "b.yaml", setting)


@pytest.mark.parametrize(
    ("inputs", "where"),
    [
        ({"tags": {"a": "b"}}, "tags.changed-by-hand"),
        ({"labels": {"a": "b"}}, "labels.changed-by-hand"),
        ({"metadata": {"labels": {"a": "b"}}}, "metadata.labels.changed-by-hand"),
    ],
)
def test_drift_changes_the_account_only(tmp_path: Path, inputs: dict[str, object], where: str) -> None:
    """The first resource with labels gets one more, in its inputs and outputs."""
    account = Account(tmp_path)
    account.add(Name("x:y:Z", "", "plain", "urn:1"), {}, {}, [])
    account.add(Name("x:y:Z", "", "labelled", "urn:2"), inputs, inputs, [])
    assert drift.inject(tmp_path) == f"x:y:Z labelled: {where}"
    changed = account.all()[1]
    assert changed.inputs == changed.outputs
    assert "changed-by-hand" in json.dumps(changed.inputs)
    account.close()


def test_drift_needs_something_with_labels(tmp_path: Path) -> None:
    """An account without labels is told, not passed over."""
    with pytest.raises(Failed, match="nothing to drift"):
        drift.inject(tmp_path)


def test_a_stack_is_rehearsed_once_at_a_time(tmp_path: Path) -> None:
    """A second rehearsal would take the first one's state away; another stack passes, and so does the next one."""
    with _alone("it", tmp_path / "it"):
        with (
            pytest.raises(Failed, match="another rehearsal of it is under way"),
            _alone("it", tmp_path / "it"),
        ):
            pass
        with _alone("other", tmp_path / "other"):
            pass
    with _alone("it", tmp_path / "it"):
        pass


def test_an_account_that_cannot_be_read_is_told_with_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A spoilt file ends a rehearsal before its engine starts: state and account of that stack are to be removed."""
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path))
    folder = tmp_path / "rehearsal" / "gcp-dev"
    Account(folder / "account").close()
    (folder / "account" / "account.sqlite").write_text("no database" * 100)
    with pytest.raises(Failed, match=f"it is damaged.* remove {folder} and run this again") as error:
        rehearse("gcp-dev", Options(verb="refresh"))
    assert error.value.code == Exit.GENERIC


def test_a_change_that_should_not_be_is_named() -> None:
    """The resource, the operation and the property are told; when all is left alone there is nothing to tell."""
    phase = Phase("up again", 1.0, {"update": 1, "same": 3}, moved=("update home (labels.a)",))
    assert _nothing(phase).wanted == "nothing should change, but 1 did\n  update home (labels.a)"
    assert _nothing(Phase("up again", 1.0, {"same": 4})).ok


def test_labels_that_an_sdk_hides_are_no_leak() -> None:
    """What Google's SDK marks beside plain labels is made of them; a password under the same mark counts."""
    mark = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    hidden = {**mark, "plaintext": json.dumps({"team": "ml-platform"})}
    assert list(_secret_texts({"effectiveLabels": hidden, "pulumiLabels": hidden})) == []
    assert list(_secret_texts({"outputs": [{"password": hidden}]})) == ["ml-platform"]


def test_no_credential_reaches_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of real accounts in the caller's environment are blank for the engine, and the state is the scratch one."""
    for name in CREDENTIALS:
        monkeypatch.setenv(name, "real")
    env = variables({}, tmp_path, "aws:1", checkpoints=False)
    assert all(env[name] == "" for name in CREDENTIALS)
    assert env["PULUMI_BACKEND_URL"] == (tmp_path / "state").as_uri()
    assert env["PULUMI_DEBUG_PROVIDERS"] == "aws:1"


def test_a_report_is_good_only_when_all_of_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A failed phase or a failed proof makes it bad; the table names both."""
    good = Phase("up", 1.0, {"create": 3})
    bad = Phase("up again", 1.0, {"update": 1}, wanted="nothing should change, but 1 did")
    assert Report("s", "a", [good]).ok
    assert not Report("s", "a", [good, bad]).ok
    report = Report("s", "a", [good, bad], ["orphaned: x"], Inventory(1, 0, ("x",), ()))
    report.show()
    shown = capsys.readouterr().out
    assert "nothing should change, but 1 did" in shown
    assert "orphaned: x" in shown
    assert json.loads(json.dumps(report.document()))["ok"] is False


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("no-such-stack", Options(), "there is no stack 'no-such-stack'"),
        ("local", Options(fault="quotta"), "did you mean 'quota'"),
        ("local", Options(verb="preview", fault="quota"), "--verb up or cycle"),
        ("local", Options(fault="quota", drift=True), "two rehearsals"),
        ("local", Options(), "runs on this machine"),
        ("aws-dev", Options(crds=Path("/no/such")), "--crds: there is no folder"),
        ("aws-dev", Options(export=Path("/no/such/x.json")), "--export /no/such/x.json: there is no folder"),
        ("aws-dev", Options(export=Path("/")), "--export /: is a folder"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything_starts(
    name: str, options: Options, told: str
) -> None:
    """An unknown stack, an unknown fault, and options that contradict end with one sentence."""
    with pytest.raises(Failed, match=told) as caught:
        run([name], options)
    assert caught.value.code in {Exit.CONFIGURATION, Exit.NO_STACK}
