"""Judge a thousand resources with the whole pack, in process: `python -m benchmarks.policy.thousand [COUNT …]`.

The resources are a quarter each of buckets, security groups, disks and p5.48xlarge machines, the mix by which other
tools were measured. Decoding of the engine's messages is part of the time; starting the process is not.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto

from policy.judge import wire
from policy.judge.bench import Bench
from policy.model.environment import Environment
from policy.rules import load

CONFIG = {
    "causeway:data_classes": '{"corpus": {"jurisdictions": ["eu"]}}',
    "causeway:budget": '{"monthly_usd": 1000}',
    "causeway:owner": "ada",
}
TAGS = {"owner": "ada", "team": "research", "data-class": "corpus"}


def requests(count: int) -> Iterator[proto.AnalyzeRequest]:
    for at in range(count):
        kind, props = KINDS[at % len(KINDS)]
        bag = Struct()
        bag.update(props)
        urn = f"urn:pulumi:bench::causeway::{kind}::r{at}"
        yield proto.AnalyzeRequest(type=kind, urn=urn, name=f"r{at}", properties=bag)


KINDS = (
    ("aws:s3/bucket:Bucket", {"tags": TAGS, "region": "us-east-1", "forceDestroy": False}),
    (
        "aws:ec2/securityGroup:SecurityGroup",
        {
            "ingress": [{"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]}],
            "tags": TAGS,
        },
    ),
    ("aws:ebs/volume:Volume", {"size": 100, "availabilityZone": "us-east-1a", "tags": TAGS}),
    (
        "aws:ec2/instance:Instance",
        {"instanceType": "p5.48xlarge", "region": "us-east-1", "tags": TAGS, "userData": "x" * 2000},
    ),
)


def judge(count: int) -> tuple[float, int]:
    """Give seconds and findings."""
    made = list(requests(count))
    stack = [
        proto.AnalyzerResource(type=one.type, urn=one.urn, name=one.name, properties=one.properties)
        for one in made
    ]
    bench = Bench(load(), environment=Environment.declared(CONFIG), preview=True)
    begin = time.perf_counter()
    early = [found for request in made for found in bench.before_create(wire.analyzed(request))]
    late = bench.whole_stack(wire.in_stack(message) for message in stack)
    return time.perf_counter() - begin, len(early) + len(late)


def main() -> None:
    read = argparse.ArgumentParser(prog="python -m benchmarks.policy.thousand", description=__doc__)
    read.add_argument("counts", nargs="*", type=int, default=[1000, 10_000], help="how many resources")
    read.add_argument("--rounds", type=int, default=3, help="how often each; by itself: 3")
    read.add_argument("--out", type=Path, help="write the figures as JSON")
    given = read.parse_args()
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    judge(100)  # the fact tables are read once
    found: dict[str, Any] = {}
    for count in given.counts:
        runs = [judge(count) for _ in range(given.rounds)]
        found[str(count)] = {"seconds": [round(seconds, 3) for seconds, _ in runs], "findings": runs[0][1]}
        middle, load_average = median(seconds for seconds, _ in runs), os.getloadavg()[0]
        print(
            f"{count:>6} resources, {len(load())} rules: {middle:6.2f} s, {runs[0][1]} findings "
            f"(load {load_average:.1f} on {os.cpu_count()} cores)",
            flush=True,
        )
    if given.out:
        report = {"machine": machine, "rules": len(load()), "resources": found}
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
