"""Judge a thousand resources through the pack's own process, as the engine does: `python -m benchmarks.policy.served`.

Starting the process and reading the fact tables are part of the time that is printed apart.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import grpc
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from benchmarks.policy.thousand import CONFIG, requests

PACK = Path(__file__).parents[2] / "policy"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    begin = time.perf_counter()
    with subprocess.Popen([sys.executable, "-u", str(PACK)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            judge(analyzer_pb2_grpc.AnalyzerStub(channel), count, begin)
        server.terminate()
        server.wait(timeout=10)


def judge(pack: analyzer_pb2_grpc.AnalyzerStub, count: int, begin: float) -> None:
    pack.ConfigureStack(proto.AnalyzerStackConfigureRequest(dry_run=True, config=CONFIG))
    made = list(requests(count))
    stack = [
        proto.AnalyzerResource(type=one.type, urn=one.urn, name=one.name, properties=one.properties)
        for one in made
    ]
    ready = time.perf_counter()
    findings = sum(len(pack.Analyze(one).diagnostics) for one in made)
    findings += len(pack.AnalyzeStack(proto.AnalyzeStackRequest(resources=stack)).diagnostics)
    done = time.perf_counter()
    print(
        f"{count} resources over gRPC: {done - ready:.2f} s, {findings} findings; ready after {ready - begin:.2f} s "
        f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
    )


if __name__ == "__main__":
    main()
