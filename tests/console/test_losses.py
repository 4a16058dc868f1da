"""What is not lost without a word."""

import json

from console import baseline, losses

BUCKET = "urn:pulumi:s::causeway::causeway:index:ObjectStore$localhost:index:Bucket::artifacts"
POOL = "urn:pulumi:s::causeway::causeway:index:GpuCluster$aws:eks/nodeGroup:NodeGroup::cluster-train"
LOG = "urn:pulumi:s::causeway::aws:cloudwatch/logGroup:LogGroup::logs"


def state(*urns: str) -> str:
    """Write an exported state."""
    resources = [{"urn": urn, "type": urn.split("::")[2].rpartition("$")[2], "custom": True} for urn in urns]
    return json.dumps({"version": 3, "deployment": {"resources": resources}})


def test_pools_and_stores_are_guarded_and_logs_are_not() -> None:
    """A pool and a bucket need a word, a log group does not, and a name in the stack file is that word."""
    assert losses.unasked([POOL, LOG, BUCKET, POOL], ()) == [POOL, BUCKET]
    assert losses.unasked([POOL, LOG, BUCKET], ("artifacts",)) == [POOL]
    assert losses.told([POOL, BUCKET]) == (
        "this would replace or delete NodeGroup cluster-train, Bucket artifacts; "
        "if that is meant, write may_lose: [cluster-train, artifacts] in the stack file"
    )


def test_only_a_state_with_something_to_lose_is_looked_at_ahead() -> None:
    """A first `up`, and one of a stack of logs, needs no preview of its own."""
    assert losses.held(state(LOG, BUCKET))
    assert not losses.held(state(LOG))
    assert not losses.held('{"version": 3, "deployment": null}')


def test_a_state_has_a_price_and_an_empty_one_has_no_before() -> None:
    """The baseline is what the judges' own ledger says of the state; without resources there is none."""
    pool = {
        "urn": POOL,
        "type": "aws:eks/nodeGroup:NodeGroup",
        "custom": True,
        "provider": "urn:pulumi:s::causeway::pulumi:providers:aws::account::id",
        "inputs": {
            "instanceTypes": ["p5.48xlarge"],
            "scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 1},
        },
    }
    account = {
        "urn": "urn:pulumi:s::causeway::pulumi:providers:aws::account",
        "type": "pulumi:providers:aws",
        "custom": True,
        "inputs": {"region": "us-east-1"},
    }
    export = json.dumps({"deployment": {"resources": [account, pool]}})
    assert baseline.monthly(export) == 730 * 55.04
    assert baseline.monthly(json.dumps({"deployment": {"resources": [account]}})) is None
    assert baseline.monthly(json.dumps({"deployment": {}})) is None
