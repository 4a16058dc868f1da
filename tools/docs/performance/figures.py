"""How figures, their spread and their source are written."""

from collections.abc import Sequence

from tools.docs.performance.results import Node

_SPELLED = {"cuda": "CUDA", "python": "Python"}


def rate(value: float) -> str:
    """Write a rate: thousands without a fraction, what is small with one digit of it."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.1f}"


def millis(value: float) -> str:
    """Write milliseconds."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def loss(value: float) -> str:
    """Write a loss."""
    return f"{value:.4f}"


def percent(node: Node) -> str:
    """Write a share of 1."""
    return f"{node.number() * 100:.1f} %"


def span(values: Sequence[str]) -> str:
    """Write from where to where values go, given in order."""
    return f"{values[0]} to {values[-1]}" if values[0] != values[-1] else values[0]


def between(values: Sequence[float], digits: int) -> str:
    """Write the lowest and the highest of some values."""
    return span([f"{value:.{digits}f}" for value in sorted(values)])


def versions(node: Node) -> str:
    """Name the device first, then each package with its version."""
    packages = [
        f"{_SPELLED.get(name, name)} {node.value[name]}"
        for name in node.names()
        if name not in {"device", "weights"}
    ]
    return ", ".join([str(node["device"].value), *packages])


def card(node: Node) -> str:
    """Give a device's short name: H100 of NVIDIA H100 80GB HBM3."""
    return str(node["device"].value).removeprefix("NVIDIA ").partition(" ")[0]


def model(shape: Node) -> str:
    """Give a model's short name: Llama 1.07B of llama 1073.8M (layers 16, ...)."""
    family, _, size = str(shape.value).partition(" (")[0].partition(" ")
    millions = size.removesuffix("M")
    if millions != size and float(millions) >= 1000:
        size = f"{float(millions) / 1000:.2f}B"
    return f"{family.capitalize()} {size}".strip()


def source(found: Node, command: str, machine: str) -> list[str]:
    """Name the file of a table, what it was measured on and the command that makes it again."""
    name = found.file.rpartition("/")[2]
    return [f"[`{name}`](../{found.file}) · {machine} · `{command}`", ""]
