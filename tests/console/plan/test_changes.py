"""What changes, why, and what goes with it."""

from console.plan import words
from console.plan.make import make
from console.plan.recording import Recording

from .made import POOL, UNKNOWN, created, state, step, urn

CLUSTER, ROLE = "aws:eks/cluster:Cluster", "aws:iam/role:Role"


def replaced() -> Recording:
    """Record a cluster that is replaced, with a pool on it and a role beside it."""
    old, new = state(CLUSTER, "gpu", {"name": "a"}), state(CLUSTER, "gpu", {"name": "b"})
    held, role = state(POOL, "train"), state(ROLE, "eks")
    events = (
        step(
            "create-replacement", old, new, keys=["name"], detailedDiff={"name": {"kind": "update-replace"}}
        ),
        step("same", held, held),
        step("same", role, role),
    )
    digest = (
        {"urn": urn(CLUSTER, "gpu"), "newState": {"dependencies": [urn(ROLE, "eks")]}},
        {"urn": urn(POOL, "train"), "newState": {"dependencies": [urn(CLUSTER, "gpu")]}},
    )
    return Recording(events, digest)


def test_a_replacement_says_why_and_what_depends_on_it() -> None:
    """The reason names the property with both values; the pool depends on the cluster, the role does not."""
    (change,) = make(replaced(), "test").changes
    assert change.verb == "replace"
    assert words.why(change) == "name: a → b can't change in place"
    assert change.dependents == ("train",)
    assert change.advice == "to keep it as it is: `ignore_changes=['name']`"


def test_a_protected_resource_says_that_the_run_will_refuse() -> None:
    """Deleting what is protected gets the advice that fits."""
    (change,) = make(Recording((step("delete", state(POOL, "train", protect=True), None),)), "test").changes
    assert change.protected
    assert "protected" in change.advice


def test_values_that_are_not_known_are_said_so() -> None:
    """An edit to an unknown value shows words, never the engine's placeholder."""
    events = (
        step("update", state(POOL, "train", {"version": "1"}), state(POOL, "train", {"version": UNKNOWN})),
    )
    (change,) = make(Recording(events), "test").changes
    assert [(edit.path, edit.before, edit.after) for edit in change.edits] == [
        ("version", "1", "known after the update")
    ]


def test_components_and_reads_are_no_changes() -> None:
    """A component is its resources' sum; what stays or is only read is counted, not listed."""
    events = (
        created("causeway:index:GpuCluster", "cluster"),
        step("same", state(POOL, "train"), state(POOL, "train")),
        step("read", None, state(ROLE, "eks")),
    )
    plan = make(Recording(events), "test")
    assert plan.changes == ()
    assert (dict(plan.counts), plan.unchanged) == ({}, 1)
    assert words.changes(plan) == "no changes, 1 unchanged"
