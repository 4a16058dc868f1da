"""Judge a thousand resources with the whole pack, in process: `python -m benchmarks.policy.thousand [COUNT]`.

The resources are a quarter each of buckets, security groups, disks and p5.48xlarge machines, the mix by which other
tools were measured. Decoding of the engine's messages is part of the time; starting the process is not.
"""

import os
import sys
import time
from collections.abc import Iterator

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
    counts = [int(word) for word in sys.argv[1:]] or [1000, 10_000]
    judge(100)  # the fact tables are read once
    for count in counts:
        seconds, findings = judge(count)
        load_average = os.getloadavg()[0]
        print(
            f"{count:>6} resources, {len(load())} rules: {seconds:6.2f} s, {findings} findings "
            f"(load {load_average:.1f} on {os.cpu_count()} cores)"
        )


if __name__ == "__main__":
    main()
