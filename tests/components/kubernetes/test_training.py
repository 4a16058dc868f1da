"""A training job spends no attempt on what would end alike."""

from components.kubernetes import training


def test_a_refusal_fails_the_job_at_once() -> None:
    """The workload's own code fails the whole job, from its own container; one that names none is tried."""
    (rule,) = training.final("pretrain", {"final_code": 2})["podFailurePolicy"]["rules"]
    assert rule["action"] == "FailJob"
    assert rule["onExitCodes"] == {"containerName": "pretrain", "operator": "In", "values": [2]}
    assert training.final("pretrain", {}) == {}
