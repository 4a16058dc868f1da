"""Rows for the rules of the budget. Prices are those of the catalogue; sums are worked out by hand beside the row."""

from typing import Any

from policy.model.resource import Resource
from tests.policy.make import STACK
from tests.policy.make import resource as r
from tests.policy.rules.case import UNKNOWN, breaks, keeps, unsure

GROUP, POOL = "aws:eks/nodeGroup:NodeGroup", "gcp:container/nodePool:NodePool"
WHOLE = r(STACK, "whole")
CHANGE = {"environment": {"budget": {"monthlyUsd": 50_000, "changeUsd": 40_000}}}
ASIDE = {
    "environment": {"budget": {"monthlyUsd": 50_000, "setAside": {"FSx for Lustre 250 MB/s/TiB": 15_000}}}
}
CAP = {"environment": {"budget": {"monthlyUsd": 50_000}}}


def group(kind: str, region: str, *, least: int = 1, most: int = 1, **given: object) -> Resource:
    """Make a pool of one machine, or of as many as it may have."""
    scaling = {"minSize": least, "desiredSize": 1, "maxSize": most}
    return r(GROUP, "pool", region=region, given={"instanceTypes": [kind], "scalingConfig": scaling, **given})


P5 = group("p5.48xlarge", "us-east-1")  # 55.04 x 730 = 40,179.20
LOCAL = r("localhost:index:Bucket", "b")
EKS = r("aws:eks/cluster:Cluster", "c", region="us-east-1")  # 0.10 x 730 = 73.00
FSX = r(
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    "f",
    region="us-east-1",
    storageCapacity=1200,
    perUnitStorageThroughput=250,
)
NAT = r(
    "aws:ec2/natGateway:NatGateway", "n", region="eu-west-1"
)  # no price there; 0.046 x 730 = 33.58 elsewhere
UNDECIDED = r("aws:ec2/instance:Instance", "i", region="us-east-1", instanceType=UNKNOWN)
STACKS, TEAMS = "stack-stays-under-its-cap", "teams-stay-under-their-caps"
HOURS, WORK = "accelerator-hours-stay-under-their-price", "useful-work-stays-under-its-price"
POOLED = {"causeway/pool": "train"}
TRAIN = group("p5.48xlarge", "us-east-1", labels=POOLED)
UNSOLD = group("p5e.48xlarge", "us-east-1", labels=POOLED)
DARK = r(
    GROUP, "dark", region="us-east-1", labels=POOLED, instanceTypes=[UNKNOWN], scalingConfig={"minSize": 1}
)
EMPTY = r(GROUP, "empty", region="us-east-1", labels=POOLED, instanceTypes=["p5.48xlarge"], scalingConfig={})


def worth(steps: float | None = None, tokens: float | None = None, **rates: float) -> dict[str, Any]:
    """Declare what the pool `train` gets done, and the most that it may cost."""
    caps = {"usdPer1KSteps": steps, "usdPer1MTokens": tokens}
    stated = {name: cap for name, cap in caps.items() if cap is not None}
    return {"environment": {"budget": {"monthlyUsd": 50_000, "rates": {"train": rates}, **stated}}}


CASES = [
    keeps(STACKS, "own machine", LOCAL, WHOLE),
    keeps(STACKS, "one p5 under the cap", P5, WHOLE, **CAP),
    breaks(STACKS, "one p5 over the cap", P5, WHOLE, environment={"budget": {"monthlyUsd": 40_179}}),
    keeps(STACKS, "to the cent", P5, WHOLE, environment={"budget": {"monthlyUsd": 40_179.20}}),
    breaks(STACKS, "the lower cap holds", P5, WHOLE, **CAP, options={"monthlyUsd": 40_000}),
    breaks(
        STACKS,
        "at its largest",
        group("p5.48xlarge", "us-east-1", most=2),
        WHOLE,
        **CAP,
        options={"judge": "max"},
    ),
    unsure(STACKS, "unknown machine", UNDECIDED, WHOLE),
    breaks(STACKS, "unknown machine beside known ones over the cap", P5, UNDECIDED, WHOLE),
    unsure(STACKS, "no cap", EKS, WHOLE, environment={"budget": {}}),
    keeps(TEAMS, "no cap", P5, WHOLE),
    keeps(
        TEAMS,
        "under it",
        EKS,
        WHOLE,
        environment={"budget": {"monthlyUsd": 100, "perTeam": {"research": 73}}},
    ),
    breaks(
        TEAMS, "over it", EKS, WHOLE, environment={"budget": {"monthlyUsd": 100, "perTeam": {"research": 72}}}
    ),
    breaks(TEAMS, "by option", EKS, WHOLE, options={"perTeam": {"research": 1}}),
    keeps("everything-has-a-price", "little", NAT, WHOLE),
    breaks("everything-has-a-price", "limit of nothing", NAT, WHOLE, options={"limitUsd": 0}),
    keeps("everything-has-a-price", "little beside a p5", P5, NAT, WHOLE, options={"limitUsd": 0}),
    breaks(
        "everything-has-a-price",
        "more than no part of a p5",
        P5,
        NAT,
        WHOLE,
        options={"limitUsd": 0, "limitShare": 0},
    ),
    breaks("everything-has-a-price", "a machine without a price", group("trn2.48xlarge", "us-east-1"), WHOLE),
    keeps("everything-has-a-price", "a machine not sold so", group("p5e.48xlarge", "us-east-1"), WHOLE),
    unsure("everything-has-a-price", "known nowhere", FSX, WHOLE),
    keeps("everything-has-a-price", "something is held back for it", FSX, WHOLE, **ASIDE),
    unsure(
        "everything-has-a-price",
        "something is held back for another",
        FSX,
        WHOLE,
        environment={"budget": {"monthlyUsd": 50_000, "setAside": {"managed Lustre": 15_000}}},
    ),
    breaks(
        "everything-has-a-price",
        "something is held back for a misspelt name",
        FSX,
        WHOLE,
        environment={"budget": {"monthlyUsd": 50_000, "setAside": {"FSX for Lustre 250 MB/s": 15_000}}},
    ),
    keeps(
        "everything-has-a-price",
        "something is held back for what is no longer there",
        EKS,
        WHOLE,
        **ASIDE,
    ),
    keeps(STACKS, "under the cap without what is held back", P5, WHOLE, **CAP),
    breaks(STACKS, "over the cap less what is held back", P5, FSX, WHOLE, **ASIDE),
    keeps("prices-are-fresh", "this year's", P5, WHOLE),
    unsure("prices-are-fresh", "older than a warning", P5, WHOLE, options={"warnDays": 30}),
    breaks("prices-are-fresh", "too old", P5, WHOLE, options={"failDays": 60}),
    keeps("spot-is-cheaper", "cheaper", group("p5.48xlarge", "us-east-2", capacityType="SPOT")),
    keeps("spot-is-cheaper", "on demand", P5),
    breaks(
        "spot-is-cheaper",
        "no discount",
        group("p5.48xlarge", "us-east-2", capacityType="SPOT"),
        options={"discount": 0.99},
    ),
    unsure("spot-is-cheaper", "unknown machine", r(GROUP, "g", capacityType="SPOT", instanceTypes=[UNKNOWN])),
    keeps(
        "idle-accelerators-go-away",
        "to nothing",
        group("p5.48xlarge", "us-east-1", least=0),
        options={"idleUsd": 0},
    ),
    keeps("idle-accelerators-go-away", "no limit", P5),
    breaks("idle-accelerators-go-away", "one waits", P5, options={"idleUsd": 1000}),
    keeps("accelerator-hours-stay-under-their-price", "55.04 / 8 = 6.88", P5, options={"usdPerHour": 6.88}),
    breaks("accelerator-hours-stay-under-their-price", "a cent too dear", P5, options={"usdPerHour": 6.87}),
    keeps("accelerator-hours-stay-under-their-price", "no limit", P5),
    keeps(HOURS, "the environment's limit", P5, environment={"budget": {"usdPerGpuHour": 6.88}}),
    breaks(HOURS, "over the environment's", P5, environment={"budget": {"usdPerGpuHour": 6.87}}),
    breaks(
        HOURS,
        "the lower limit holds",
        P5,
        environment={"budget": {"usdPerGpuHour": 6.87}},
        options={"usdPerHour": 9},
    ),
    keeps(WORK, "no limit", TRAIN, WHOLE, **worth(stepsPerHour=1000)),
    keeps(
        WORK, "a thousand steps in an hour of 55.04", TRAIN, WHOLE, **worth(steps=55.04, stepsPerHour=1000)
    ),
    breaks(WORK, "a cent too dear", TRAIN, WHOLE, **worth(steps=55.03, stepsPerHour=1000)),
    breaks(WORK, "half as fast", TRAIN, WHOLE, **worth(steps=55.04, stepsPerHour=500)),
    keeps(WORK, "36 M tokens for 55.04", TRAIN, WHOLE, **worth(tokens=1.53, tokensPerSecond=10_000)),
    breaks(WORK, "55.04 / 36 = 1.5289", TRAIN, WHOLE, **worth(tokens=1.52, tokensPerSecond=10_000)),
    breaks(
        WORK,
        "the pack's limit is lower",
        TRAIN,
        WHOLE,
        **worth(steps=60, stepsPerHour=1000),
        options={"usdPer1kSteps": 50},
    ),
    unsure(WORK, "nobody measured", TRAIN, WHOLE, **worth(steps=60, tokensPerSecond=10)),
    unsure(WORK, "no such pool", P5, WHOLE, **worth(steps=60, stepsPerHour=1000)),
    unsure(WORK, "no price", UNSOLD, WHOLE, **worth(steps=60, stepsPerHour=1000)),
    unsure(WORK, "machine not known", DARK, WHOLE, **worth(steps=60, stepsPerHour=1000)),
    unsure(WORK, "no machine as declared", EMPTY, WHOLE, **worth(steps=60, stepsPerHour=1000)),
    keeps("changes-stay-under-their-cap", "not set", P5, WHOLE),
    keeps(
        "changes-stay-under-their-cap",
        "nothing new",
        P5,
        WHOLE,
        options={"baselineUsd": 40_179.20, "deltaUsd": 0},
    ),
    breaks(
        "changes-stay-under-their-cap", "a p5 more", P5, WHOLE, options={"baselineUsd": 0, "deltaUsd": 40_000}
    ),
    breaks(
        "changes-stay-under-their-cap", "by the environment", P5, WHOLE, **CHANGE, options={"baselineUsd": 0}
    ),
    keeps("changes-stay-under-their-cap", "a first update", P5, WHOLE, **CHANGE),
]
