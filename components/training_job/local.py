"""A training job as a supervised process of this machine."""

import pulumi

from components.training_job.shape import TrainingJobOutputs, TrainingJobSpec
from infra.paths import project, stack_home
from providers.localhost import sdk


def build(name: str, spec: TrainingJobSpec, opts: pulumi.ResourceOptions) -> TrainingJobOutputs:
    """Run the trainer to completion; a run that was cut off goes on from its last checkpoint."""
    folder = stack_home(pulumi.get_stack()) / "jobs" / name
    scratch = folder / "scratch"
    job = sdk.Job(
        name,
        sdk.JobArgs(
            command=spec.command,
            environment={
                **spec.environment,
                "CAUSEWAY_SCRATCH": str(scratch),
                "CAUSEWAY_RESULT": str(folder / "result.json"),
            },
            directory=str(folder),
            workdir=str(project()),
            result_file=str(folder / "result.json"),
            retries=spec.retries,
            timeout_seconds=spec.timeout_minutes * 60,
        ),
        opts,
    )
    return TrainingJobOutputs(result=job.result.apply(dict))
