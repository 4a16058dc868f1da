"""Size, loss, gradients, export and mesh of the model agree with the plain way or with the published figure."""

import json
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from transformers import AutoModelForCausalLM, AutoTokenizer

from workloads.pretrain.errors import RunError
from workloads.pretrain.export import export
from workloads.pretrain.float8 import quantize, use_float8
from workloads.pretrain.mesh import Mesh
from workloads.pretrain.model import Transformer, build
from workloads.pretrain.optimizer import learning_rate
from workloads.pretrain.parallel import gathered_bytes, keeps
from workloads.pretrain.peaks import peak, utilisation
from workloads.pretrain.shape import Shape, dial, gpt2, llama
from workloads.pretrain.tokens import train_tokenizer
from workloads.store import Store

CPU = torch.device("cpu")
SHAPES = {"llama": dial(2, 320, 16), "untied": dial(2, 320, 16, tied=False), "gpt2": gpt2(320, 16, 2, 64, 2)}


def model_of(shape: Shape, recompute: str = "none") -> Transformer:
    """Build a small model; norms are moved off one so that a forgotten one shows."""
    model = build(shape, 3, CPU, torch.float32, recompute)
    torch.manual_seed(0)
    for name, parameter in model.named_parameters():
        if name.endswith("norm.weight"):
            torch.nn.init.normal_(parameter, 1.0, 0.1)
    return model


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> Shape:
    """Each family."""
    return SHAPES[request.param]


def test_shape_counts_its_parameters(shape: Shape) -> None:
    """The formula agrees with the tensors."""
    assert sum(parameter.numel() for parameter in model_of(shape).parameters()) == shape.parameters


def test_published_shapes_have_their_published_sizes() -> None:
    """124M, 8B and 70B are what their names say, and 124M costs nanoGPT's 855 MFLOP a token."""
    assert round(gpt2(50_257).parameters / 1e6, 1) == 124.3  # without biases
    assert round(gpt2(50_257).flops_per_token / 1e6, 1) == 854.6
    assert round(llama("llama-8b", 128_256, 8192).parameters / 1e9, 2) == 8.03
    assert round(llama("llama-70b", 128_256, 8192).parameters / 1e9, 1) == 70.6


def test_chunked_loss_is_cross_entropy(shape: Shape, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loss and every gradient equal the plain way's, with ignored targets and an uneven last chunk."""
    monkeypatch.setattr("workloads.pretrain.loss.CHUNK", 24)
    model = model_of(shape)
    tokens, targets = torch.randint(0, 320, (2, 4, 16))
    targets[1, :5] = -100
    plain = F.cross_entropy(
        model(tokens).flatten(0, 1), targets.flatten(), ignore_index=-100, reduction="sum"
    )
    torch.autograd.backward(plain)
    wanted = {name: parameter.grad for name, parameter in model.named_parameters()}
    model.zero_grad()
    loss = model(tokens, targets)
    torch.autograd.backward(loss)
    torch.testing.assert_close(loss, plain)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.grad, wanted[name], msg=name)
    with torch.no_grad():
        torch.testing.assert_close(model(tokens, targets), plain)


@pytest.mark.parametrize("policy", ["selective", "full"])
def test_recomputed_activations_change_nothing(policy: str) -> None:
    """Both policies give the gradient of keeping everything, bit for bit."""
    tokens, targets = torch.randint(0, 320, (2, 4, 16), generator=torch.Generator().manual_seed(1))
    gradients = []
    for each in ("none", policy):
        model = model_of(SHAPES["llama"], each)
        loss: torch.Tensor = model(tokens, targets)
        torch.autograd.backward(loss)
        gradients.append([parameter.grad for parameter in model.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*gradients, strict=True))


def test_export_has_the_same_logits_in_transformers(shape: Shape, tmp_path: Path) -> None:
    """The folder loads with AutoModel and AutoTokenizer; logits and text agree."""
    model = model_of(shape)
    tokenizer = train_tokenizer(iter(["def f(x): return x\n"] * 20), 300)
    store = Store.create((tmp_path / "bucket").as_uri())
    scratch, folder = tmp_path / "scratch", tmp_path / "hf"
    scratch.mkdir()
    folder.mkdir()
    weights = {name: parameter.detach() for name, parameter in model.named_parameters()}
    export(weights, shape, tokenizer.to_str().encode(), store=store, prefix="run/export", scratch=scratch)
    assert list(scratch.iterdir()) == []
    for info in store.list("run/export/"):
        store.download(info.key, folder / Path(info.key).name)
    theirs, info = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    tokens = torch.randint(0, 320, (2, 16))
    with torch.no_grad():
        torch.testing.assert_close(theirs(tokens).logits, model(tokens), atol=2e-5, rtol=1e-4)
    assert AutoTokenizer.from_pretrained(folder).encode("return x") == tokenizer.encode("return x").ids
    assert json.loads((folder / "config.json").read_text())["vocab_size"] == 320


def test_float8_keeps_numbers_to_its_precision() -> None:
    """A scaled tensor comes back within e4m3's half step; a CPU is refused with its reason."""
    x = torch.randn(64, 64) * 1e-3
    scaled, factor = quantize(x, torch.float8_e4m3fn)
    assert ((scaled.float() * factor - x).abs() <= x.abs() / 16 + factor * 2**-9).all()
    with pytest.raises(RunError, match="compute capability"):
        use_float8(model_of(SHAPES["llama"]), CPU)


@pytest.mark.parametrize(
    ("setting", "gathered", "memory", "kept"),
    [
        ("auto", 10, 80, True),
        ("auto", 11, 80, False),
        ("auto", 11, None, True),
        ("never", 11, 80, True),
        ("always", 10, 80, False),
    ],
)
def test_weights_stay_gathered_where_they_fit(
    setting: str, gathered: int, memory: int | None, *, kept: bool
) -> None:
    """Up to an eighth of the device's memory they stay for the step; a setting overrides that."""
    assert keeps(setting, gathered, memory) is kept


def test_gathered_weights_are_counted_in_the_type_of_the_arithmetic() -> None:
    """They are two bytes a weight in bf16; a model on `meta` is enough to tell."""
    with torch.device("meta"):
        model = Transformer(SHAPES["llama"], torch.bfloat16)
    assert gathered_bytes(model) == 2 * SHAPES["llama"].parameters


def test_learning_rate_warms_up_and_falls_to_a_tenth() -> None:
    """It rises over the first 4 % and ends near a tenth of the peak."""
    rates = [learning_rate(step, 500, 1.0) for step in range(500)]
    assert rates[0] == 0.05
    assert max(rates) == 1.0 == rates[19]
    assert rates[20:] == sorted(rates[20:], reverse=True)
    assert 0.1 <= rates[-1] < 0.101


def test_unknown_device_has_no_mfu() -> None:
    """A device that the table doesn't know gives None, never a wrong figure; a known one is arithmetic."""
    assert peak(CPU, "bfloat16") is None
    assert utilisation(1e5, 10**9, None) is None
    assert utilisation(500_000, 854_438_400, 989.4e12) == pytest.approx(0.4318, abs=1e-4)


@pytest.mark.parametrize(
    ("setting", "world", "why"),
    [
        ({"shard": 3}, 4, "makes 3 processes, but 4 run"),
        ({"replicate": 2}, 4, "makes 2 processes, but 4 run"),
        ({"tensor": 4}, 4, "tensor 4 does not divide 2 key heads"),
        ({"pipeline": 4}, 4, "more than the 2 layers"),
    ],
)
def test_mesh_that_does_not_fit_is_refused(setting: dict[str, int], world: int, why: str) -> None:
    """World, heads and layers are named with the axis that does not fit."""
    with pytest.raises(RunError, match=why):
        Mesh.of(setting, world, SHAPES["untied"])


def test_mesh_places_every_process_once() -> None:
    """Coordinates are a bijection, tensor innermost; the data rank ignores tensor and pipeline."""
    mesh = Mesh.of({"pipeline": 2, "shard": 2, "tensor": 2}, 16, SHAPES["untied"])
    places = [mesh.place(rank) for rank in range(16)]
    assert mesh.replicate == 2
    assert len(set(places)) == 16
    assert [mesh.data_rank(rank) for rank in range(8)] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [mesh.data_rank(rank) for rank in range(8, 16)] == [0, 0, 1, 1, 2, 2, 3, 3]
