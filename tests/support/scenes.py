"""A stack of this project on a stage of its own: scratch state, stand-in clouds, a stack file from anywhere."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pulumi import automation

from console.rehearse import dial
from console.rehearse.scene import Scene
from console.rehearse.standins import StandIns
from console.rehearse.surroundings import variables
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


@dataclass(frozen=True)
class Stage:
    """An environment, and the stack of another team on it."""

    below: Scene
    above: Scene
    standins: StandIns


@contextmanager
def two_teams(
    below: str, above: str, packages: Sequence[str], folder: Path, engine_env: dict[str, str]
) -> Iterator[Stage]:
    """Give both stacks, neither of them up; nothing is protected, as at the end of a rehearsal.

    Args:
        below: The environment, by the name of its file in `stacks/`.
        above: The text of the other's stack file.
        packages: The clouds.
        folder: A folder of the test's own.
        engine_env: Where the engine is.
    """
    with StandIns(folder / "account", packages=packages) as standins:
        env = variables(engine_env, folder, standins.attached, checkpoints=False)
        dial.free(project() / "stacks" / f"Pulumi.{below}.yaml", folder / "free.yaml")
        text = (folder / "free.yaml").read_text(encoding="utf-8")
        ground = scene(below, text, folder, env, standins)
        yield Stage(ground, scene("apps", above, folder, env, standins), standins)
