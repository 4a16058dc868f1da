"""Which processes replicate, shard, split tensors and form a pipeline: one setting, checked against the world."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from workloads.pretrain.errors import RunError
from workloads.pretrain.shape import Shape
from workloads.pretrain.spec import MESH


@dataclass(frozen=True, slots=True)
class Mesh:
    """Sizes of the mesh's axes; their product is the number of processes."""

    pipeline: int
    """Stages that the layers are cut into."""

    replicate: int
    """Copies of the model that only share gradients (DDP; with `shard`, HSDP)."""

    shard: int
    """Processes over which weights, gradients and averages are cut (FSDP2)."""

    tensor: int
    """Processes over which each layer's matrices are cut; keep it within a node."""

    @classmethod
    def of(cls, setting: Mapping[str, int], world: int, shape: Shape) -> "Mesh":
        """Lay the setting over `world` processes; `replicate` takes the rest when it is not named."""
        named = math.prod(setting.values())
        if world % named or ("replicate" in setting and named != world):
            raise RunError(
                f"mesh {dict(setting)} makes {named} processes, but {world} run; "
                "let the product divide the number of processes, and leave out `replicate` to let it take the rest"
            )
        sizes = dict.fromkeys(MESH, 1) | {"replicate": world // named} | dict(setting)
        mesh = cls(**sizes)
        mesh.require_fits(shape)
        return mesh

    def require_fits(self, shape: Shape) -> None:
        """Refuse a mesh that can't cut this shape."""
        problems = []
        for part, size in (
            ("key heads", shape.kv_heads),
            ("hidden size", shape.hidden),
            ("vocabulary", shape.vocab),
        ):
            if size % self.tensor:
                problems.append(f"tensor {self.tensor} does not divide {size} {part}")
        if self.pipeline > shape.layers:
            problems.append(f"pipeline {self.pipeline} is more than the {shape.layers} layers")
        if self.pipeline > 1 and shape.tied:
            problems.append(
                "a pipeline needs a head of its own: the first and last stage can't share the embedding"
            )
        if problems:
            raise RunError(f"mesh does not fit the model: {'; '.join(problems)}")

    @property
    def data(self) -> int:
        """Groups of processes that see different samples."""
        return self.replicate * self.shard

    def place(self, rank: int) -> tuple[int, int, int, int]:
        """Give the rank's coordinates along pipeline, replicate, shard, tensor."""
        rest, tensor = divmod(rank, self.tensor)
        rest, shard = divmod(rest, self.shard)
        pipeline, replicate = divmod(rest, self.replicate)
        return pipeline, replicate, shard, tensor

    def data_rank(self, rank: int) -> int:
        """Give the number of the group of samples that a rank sees."""
        _, replicate, shard, _ = self.place(rank)
        return replicate * self.shard + shard

    def describe(self) -> str:
        """Name the axes that are used."""
        used = [f"{axis} {getattr(self, axis)}" for axis in MESH if getattr(self, axis) > 1]
        return " x ".join(used) or "one process"
