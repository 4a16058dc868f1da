"""The supervisor's decisions; what it does with processes is tested with jobs and services."""

import signal
from pathlib import Path
from typing import Any

import pytest

from providers.localhost.process.inherit import inherited
from providers.localhost.process.record import Record
from providers.localhost.process.result import Result
from providers.localhost.process.spec import KeepUp, Once, Policy, Spec, fingerprint
from providers.localhost.process.supervisor import Outcome, describe, final, judge


def spec(**changed: Any) -> Spec:
    """Give a spec."""
    given: dict[str, Any] = {
        "command": ("a", "b"),
        "environment": {"X": "1"},
        "workdir": "/",
        "grace": 1.0,
        "plan": Once(2, None),
        "fingerprint": "f",
        "port": None,
        "result": Result("/nowhere/r.json", required=True),
        "inputs": {"command": ["a"]},
    }
    return Spec(**{**given, **changed})


@pytest.mark.parametrize("plan", [Once(2, 1.5), KeepUp("always", 3)])
@pytest.mark.parametrize("result", [None, Result("/r.json", required=False)])
def test_spec_survives_the_disk(plan: Once | KeepUp, result: Result | None) -> None:
    """A spec reads back as it was written, the kind of plan included."""
    assert Spec.load(spec(plan=plan, result=result).dump()) == spec(plan=plan, result=result)


def test_record_survives_the_disk() -> None:
    """A record reads back as it was written."""
    record = Record(phase="failed", supervisor=7, exit_code=-9, reason="why", result={"a": [1]})
    assert Record.load(record.dump()) == record


@pytest.mark.parametrize(
    ("policy", "good", "in_a_row", "ends"),
    [
        ("never", True, 0, True),
        ("never", False, 0, True),
        ("on-failure", True, 0, True),
        ("on-failure", False, 0, False),
        ("on-failure", False, 2, True),
        ("always", True, 0, False),
        ("always", True, 2, True),
    ],
)
def test_restart_policy(policy: Policy, good: bool, in_a_row: int, ends: bool) -> None:
    """Each policy ends a service exactly in its own cases, and all give up after the most restarts in a row."""
    outcome = Outcome(0 if good else 1, 1.0, "exit code 1", good=good)
    assert bool(final(KeepUp(policy, 2), outcome, in_a_row)) == ends


def test_exit_codes_in_words() -> None:
    """A signal is named, a code is a number, an end without failure is just that."""
    assert describe(-signal.SIGKILL) == "it was ended by SIGKILL"
    assert describe(3) == "exit code 3"
    assert describe(0) == "it ended by itself"


def test_exit_code_0_without_the_result_is_a_failure() -> None:
    """A job that ends well but hands back nothing has not done what it was asked."""
    outcome = judge(spec(), 0, 1.0)
    assert not outcome.good
    assert outcome.reason == "it ended without writing its result to /nowhere/r.json"
    assert judge(spec(result=None), 0, 1.0).good


def test_the_engine_s_secrets_are_not_inherited() -> None:
    """Passphrase, configuration and import path of the engine stay with the engine."""
    environment = {"PATH": "/bin", "PULUMI_CONFIG_PASSPHRASE": "x", "PULUMI_CONFIG": "{}", "PYTHONPATH": "/x"}
    assert inherited(environment) == {"PATH": "/bin"}


def test_fingerprint_ignores_order(tmp_path: Path) -> None:
    """The same values give the same fingerprint, others another."""
    assert fingerprint({"a": 1, "b": {"c": 2, "d": 3}}) == fingerprint({"b": {"d": 3, "c": 2}, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
