"""Reading what the engine said."""

from console.plan.recording import Recording, parse_events, steps

from .made import POOL, created, state, step, urn

BUCKET = "aws:s3/bucket:Bucket"


def test_the_steps_of_a_replacement_become_one() -> None:
    """Create, replace and delete of one URN are one replacement, with its reasons and both sides."""
    old, new = state(BUCKET, "one", {"bucket": "a"}), state(BUCKET, "one", {"bucket": "b"})
    events = (
        step("create-replacement", old, new, keys=["bucket"]),
        step("replace", old, new, keys=["bucket"]),
        step("delete-replaced", old, None),
    )
    (found,) = steps(Recording(events))
    assert (found.verb, found.reasons) == ("replace", ("bucket",))
    assert found.old
    assert found.old.inputs == {"bucket": "a"}
    assert found.new
    assert found.new.inputs == {"bucket": "b"}


def test_a_deleted_resource_has_no_new_state() -> None:
    """A deletion keeps what was; the bill after it must not count it."""
    (found,) = steps(Recording((step("delete", state(POOL, "train"), None),)))
    assert (found.verb, found.new) == ("delete", None)
    assert found.state.urn == urn(POOL, "train")


def test_the_source_is_the_first_frame_inside_the_project() -> None:
    """Frames of packages and of the interpreter are passed over; a step without a digest has no source."""
    frames = [
        {"sourcePosition": "project:///../../usr/lib/python3/pulumi/resource.py#99"},
        {},
        {"sourcePosition": "project:///components/gpu_cluster/aws.py#41"},
    ]
    digest = {"urn": urn(POOL, "train"), "newState": {"stackTrace": frames, "dependencies": ["urn:x"]}}
    (found,) = steps(Recording((created(POOL, "train"),), (digest,)))
    assert found.source == "components/gpu_cluster/aws.py:41"
    assert found.state.dependencies == ("urn:x",)
    (bare,) = steps(Recording((created(POOL, "train"),)))
    assert bare.source == ""


def test_a_log_that_a_crash_cut_off_is_read_up_to_there() -> None:
    """Whole lines count, half a line does not."""
    assert parse_events('{"sequence": 1}\n{"sequence": 2}\n{"seq') == ({"sequence": 1}, {"sequence": 2})
