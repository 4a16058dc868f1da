"""nanoGPT's training step, from a folder that the caller has; none of its code is here."""

import importlib.util
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from workloads.pretrain.loader import Loader
from workloads.pretrain.shape import Shape


class Peer:
    """Its model, optimizer and step as its train.py sets them: bf16 autocast, compiled, clipped, fused AdamW."""

    def __init__(self, folder: Path, shape: Shape, loader: Loader, rate: float = 6e-4) -> None:
        specification = importlib.util.spec_from_file_location("nanogpt_model", folder / "model.py")
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        self.kind = "cuda" if torch.cuda.is_available() else "cpu"
        config = module.GPTConfig(
            block_size=shape.context,
            vocab_size=shape.vocab,
            n_layer=shape.layers,
            n_head=shape.heads,
            n_embd=shape.width,
            dropout=0.0,
            bias=shape.bias,
        )
        torch.manual_seed(1337)
        self.module: Any = module.GPT(config).to(self.kind)
        self.optimizer = self.module.configure_optimizers(0.1, rate, (0.9, 0.95), self.kind)
        self.model: Any = torch.compile(self.module, dynamic=False) if self.kind == "cuda" else self.module
        self.loader, self.shape, self.done = loader, shape, 0

    def step(self) -> Tensor:
        """Do one step on the next samples; give the mean loss, still on the device."""
        batch = self.loader.load(self.done, 0, 1, self.loader.batch)
        self.done += self.loader.batch
        inputs, targets = (self.move(torch.from_numpy(each[0])) for each in (batch.inputs, batch.targets))
        with torch.autocast(self.kind, torch.bfloat16, enabled=self.kind == "cuda"):
            _, loss = self.model(inputs, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        mean: Tensor = loss.detach()
        return mean

    def move(self, batch: Tensor) -> Tensor:
        """Copy to the device as its get_batch does."""
        return batch.pin_memory().to(self.kind, non_blocking=True) if self.kind == "cuda" else batch

    def weights(self) -> dict[str, Tensor]:
        """Give its weights by our names, rows of query, key and value brought into our order."""
        names = {
            "attn.c_attn": "attention.qkv",
            "attn.c_proj": "attention.out",
            "mlp.c_fc": "mlp.up",
            "mlp.c_proj": "mlp.down",
        }
        names |= {"ln_1": "attention_norm", "ln_2": "mlp_norm"}
        given = {
            name.removeprefix("transformer."): each.detach().clone()
            for name, each in self.module.named_parameters()
        }
        ours = {
            "embed.weight": given["wte.weight"],
            "positions.weight": given["wpe.weight"],
            "norm.weight": given["ln_f.weight"],
        }
        for name, each in given.items():
            if name.startswith("h."):
                value = each
                _, layer, part = name.split(".", 2)
                module, kind = part.rsplit(".", 1)
                if module == "attn.c_attn":
                    value = value.unflatten(0, (3, self.shape.heads, -1)).transpose(0, 1).flatten(0, 2)
                ours[f"layers.{layer}.{names[module]}.{kind}"] = value
        return ours
