"""Typed resources of the localhost provider, for programs: `Job("train", JobArgs(command=[...], directory=...))`."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, dataclass_transform

import pulumi
from pulumi import Input, Output, ResourceOptions

__all__ = [
    "Bucket",
    "BucketArgs",
    "Job",
    "JobArgs",
    "KeyRing",
    "KeyRingArgs",
    "LifecycleArgs",
    "Service",
    "ServiceArgs",
]

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, field_specifiers=(pulumi.property,))
def _args(cls: type[T]) -> type[T]:
    """Mark a class as the inputs of a resource, with a keyword constructor that type checkers know."""
    return pulumi.input_type(cls)


def _props(args: object, resource: type[pulumi.CustomResource]) -> Any:
    """Give the inputs plus an empty place for every output, which Pulumi fills in."""
    props = type(args).__new__(type(args))
    vars(props).update(dict.fromkeys(resource.__annotations__), **vars(args))
    return props


@_args
class KeyRingArgs:
    """Inputs of a KeyRing."""

    path: Input[str] = pulumi.property("path")
    """Absolute folder of the key ring; created with mode 0700."""

    rotation_days: Input[int] | None = pulumi.property("rotationDays", default=None)
    """Days after which the primary key is due for rotation; 90 by default."""

    generation: Input[int] | None = pulumi.property("generation", default=None)
    """Raise it by one to rotate now; 1 by default."""


class KeyRing(pulumi.CustomResource):
    """Encryption keys in a folder of this machine: one primary that encrypts, older ones that still decrypt."""

    path: Output[str] = pulumi.property("path")
    """Absolute folder of the key ring."""

    rotation_days: Output[int] = pulumi.property("rotationDays")
    """Days after which the primary key is due for rotation."""

    generation: Output[int] = pulumi.property("generation")
    """Rotations asked for, plus one."""

    primary_key_id: Output[str] = pulumi.property("primaryKeyId")
    """The key that encrypts now."""

    key_ids: Output[Sequence[str]] = pulumi.property("keyIds")
    """Every key that can decrypt."""

    rotated_at: Output[str] = pulumi.property("rotatedAt")
    """When the primary key was made, ISO 8601, UTC."""

    ring_id: Output[str] = pulumi.property("ringId")
    """Random name of this ring; every bucket that it seals carries it."""

    status: Output[str] = pulumi.property("status")
    """`ready`, `exposed` (others have rights to its files) or `damaged`."""

    def __init__(self, name: str, args: KeyRingArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("localhost:index:KeyRing", name, _props(args, KeyRing), opts)


@_args
class LifecycleArgs:
    """When objects of a Bucket go by themselves."""

    noncurrent_versions: Input[int] | None = pulumi.property("noncurrentVersions", default=None)
    """Older versions to keep per object; all by default."""

    noncurrent_days: Input[int] | None = pulumi.property("noncurrentDays", default=None)
    """Days that an older version is kept; for ever by default."""

    expire_days: Input[int] | None = pulumi.property("expireDays", default=None)
    """Days after which an object expires; never by default."""


@_args
class BucketArgs:
    """Inputs of a Bucket."""

    url: Input[str] = pulumi.property("url")
    """`file:///absolute/folder`; created with mode 0700."""

    encryption: Input[str] | None = pulumi.property("encryption", default=None)
    """`customer-managed` (needs `key_ring`) or `none`."""

    key_ring: Input[str] | None = pulumi.property("keyRing", default=None)
    """Folder of the KeyRing that wraps the object keys."""

    versioning: Input[bool] | None = pulumi.property("versioning", default=None)
    """Whether an overwritten object is kept as an older version."""

    lifecycle: Input[LifecycleArgs] | None = pulumi.property("lifecycle", default=None)
    """When objects go by themselves; never by default."""

    data_class: Input[str] | None = pulumi.property("dataClass", default=None)
    """What kind of data may be stored, such as `public` or `personal`."""

    labels: Input[Mapping[str, Input[str]]] | None = pulumi.property("labels", default=None)
    """Free labels."""

    force_destroy: Input[bool] | None = pulumi.property("forceDestroy", default=None)
    """Whether a bucket that still holds objects may be deleted; false by default."""


class Bucket(pulumi.CustomResource):
    """An object store in a folder of this machine, encrypted object by object under a key ring."""

    url: Output[str] = pulumi.property("url")
    """`file:///absolute/folder`."""

    encryption: Output[str] = pulumi.property("encryption")
    """`customer-managed` or `none`."""

    key_ring: Output[str | None] = pulumi.property("keyRing")
    """Folder of the KeyRing in use."""

    versioning: Output[bool] = pulumi.property("versioning")
    """Whether older versions are kept."""

    data_class: Output[str | None] = pulumi.property("dataClass")
    """What kind of data may be stored."""

    labels: Output[Mapping[str, str]] = pulumi.property("labels")
    """Free labels."""

    bucket_id: Output[str] = pulumi.property("bucketId")
    """Random name of this bucket, bound into every sealed object."""

    ring_id: Output[str | None] = pulumi.property("ringId")
    """The key ring's own name; None with encryption `none`."""

    status: Output[str] = pulumi.property("status")
    """`ready` or `damaged`."""

    def __init__(self, name: str, args: BucketArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("localhost:index:Bucket", name, _props(args, Bucket), opts)


@_args
class JobArgs:
    """Inputs of a Job."""

    command: Input[Sequence[Input[str]]] = pulumi.property("command")
    """Program and arguments; no shell is involved. A change runs the job anew."""

    directory: Input[str] = pulumi.property("directory")
    """Absolute folder that the job owns: log, state, result. Removed with the job."""

    environment: Input[Mapping[str, Input[str]]] | None = pulumi.property("environment", default=None)
    """Variables on top of the inherited ones; may be secret. A change runs the job anew."""

    workdir: Input[str] | None = pulumi.property("workdir", default=None)
    """Folder to run in; `directory` by default."""

    retries: Input[int] | None = pulumi.property("retries", default=None)
    """Further attempts after a failed one; none after exit code 2, a refusal or a full disk; 0 by default."""

    timeout_seconds: Input[float] | None = pulumi.property("timeoutSeconds", default=None)
    """Seconds that one attempt may take before its whole process tree is killed; no limit by default."""

    result_file: Input[str] | None = pulumi.property("resultFile", default=None)
    """JSON file that the job must write, relative to `directory`; by default `result.json`, and optional."""

    triggers: Input[Mapping[str, Input[str]]] | None = pulumi.property("triggers", default=None)
    """Any values; a change runs the job anew."""


class Job(pulumi.CustomResource):
    """A program that runs to completion on this machine, supervised beyond the end of `pulumi up`."""

    command: Output[Sequence[str]] = pulumi.property("command")
    """Program and arguments."""

    directory: Output[str] = pulumi.property("directory")
    """Folder that the job owns."""

    status: Output[str] = pulumi.property("status")
    """`running`, `succeeded`, `failed` or `lost` (its supervisor was killed)."""

    exit_code: Output[int | None] = pulumi.property("exitCode")
    """Exit code of the last attempt; negative is the signal that ended it."""

    attempts: Output[int] = pulumi.property("attempts")
    """Attempts made so far."""

    started_at: Output[str | None] = pulumi.property("startedAt")
    """When the last attempt began, ISO 8601, UTC."""

    finished_at: Output[str | None] = pulumi.property("finishedAt")
    """When the last attempt ended, ISO 8601, UTC."""

    log_file: Output[str] = pulumi.property("logFile")
    """What the job wrote to its standard output and error."""

    result: Output[Mapping[str, Any]] = pulumi.property("result")
    """The JSON object that the job wrote to $CAUSEWAY_RESULT; empty when it wrote none."""

    def __init__(self, name: str, args: JobArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("localhost:index:Job", name, _props(args, Job), opts)


@_args
class ServiceArgs:
    """Inputs of a Service."""

    command: Input[Sequence[Input[str]]] = pulumi.property("command")
    """Program and arguments; no shell is involved. It must listen on $HOST:$PORT."""

    directory: Input[str] = pulumi.property("directory")
    """Absolute folder that the service owns: log and state. Removed with the service."""

    environment: Input[Mapping[str, Input[str]]] | None = pulumi.property("environment", default=None)
    """Variables on top of the inherited ones; may be secret."""

    workdir: Input[str] | None = pulumi.property("workdir", default=None)
    """Folder to run in; `directory` by default."""

    port: Input[int] | None = pulumi.property("port", default=None)
    """Port on 127.0.0.1; 0, the default, takes a free one and keeps it."""

    health_path: Input[str] | None = pulumi.property("healthPath", default=None)
    """Path that answers an HTTP GET with 2xx when the service is ready; `/health` by default."""

    start_timeout_seconds: Input[float] | None = pulumi.property("startTimeoutSeconds", default=None)
    """Seconds to become ready; 60 by default."""

    drain_seconds: Input[float] | None = pulumi.property("drainSeconds", default=None)
    """Seconds between SIGTERM and SIGKILL; 10 by default."""

    restart: Input[str] | None = pulumi.property("restart", default=None)
    """`never`, `on-failure` (the default) or `always`."""

    max_restarts: Input[int] | None = pulumi.property("maxRestarts", default=None)
    """Restarts in a row before the service is given up; 5 by default."""

    triggers: Input[Mapping[str, Input[str]]] | None = pulumi.property("triggers", default=None)
    """Any values; a change restarts the service."""


class Service(pulumi.CustomResource):
    """A long-lived program on this machine with a port, a health check and restarts."""

    command: Output[Sequence[str]] = pulumi.property("command")
    """Program and arguments."""

    directory: Output[str] = pulumi.property("directory")
    """Folder that the service owns."""

    status: Output[str] = pulumi.property("status")
    """`running`, `stopped` or `unhealthy`."""

    port: Output[int] = pulumi.property("port")
    """Port that was asked for; 0 when a free one was to be taken."""

    url: Output[str] = pulumi.property("url")
    """Where it answers, such as `http://127.0.0.1:24817`."""

    pid: Output[int | None] = pulumi.property("pid")
    """Process id of the program."""

    log_file: Output[str] = pulumi.property("logFile")
    """What the service wrote to its standard output and error."""

    restarts: Output[int] = pulumi.property("restarts")
    """Restarts since it was started by Pulumi."""

    def __init__(self, name: str, args: ServiceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("localhost:index:Service", name, _props(args, Service), opts)
