"""A stack of this project on a stage of its own: scratch state, stand-in clouds, a stack file from anywhere."""

import os
from collections.abc import Mapping
from pathlib import Path

from pulumi import automation

from console.rehearse.scene import Scene
from console.rehearse.standins import StandIns
from console.workspace import SealedWorkspace, init_elsewhere
from infra.paths import project


def scene(name: str, text: str, folder: Path, env: Mapping[str, str], standins: StandIns) -> Scene:
    """Put the project's program on the stage, with the text of a stack file.

    Args:
        name: The stack.
        text: Its file.
        folder: A folder of the test's own.
        env: Variables of the engine, with the scratch state.
        standins: The clouds.
    """
    init_elsewhere(name, {**os.environ, **env}, folder / "empty")
    config = folder / f"{name}.yaml"
    config.write_text(text, encoding="utf-8")
    workspace = SealedWorkspace(work_dir=str(project()), env_vars=dict(env))
    return Scene(automation.Stack.select(name, workspace), standins, config)
