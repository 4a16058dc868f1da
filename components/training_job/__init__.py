"""A training job: the bundled trainer, run to completion, from its last checkpoint if there is one."""
