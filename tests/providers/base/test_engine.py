"""A provider in this process, attached to the real engine."""

from typing import Any

import pulumi
import pytest

pytestmark = pytest.mark.engine


class Vase(pulumi.CustomResource):
    """A vase, untyped."""

    serial: pulumi.Output[int]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **given: Any) -> None:
        super().__init__("shop:index:Vase", name, {"serial": None, "mark": None, **given}, opts)


@pytest.fixture
def stack(make_stack: Any, engine_env: dict[str, str], shop: int) -> Any:
    """Give a stack that buys vases."""
    return make_stack({**engine_env, "PULUMI_DEBUG_PROVIDERS": f"shop:{shop}"})


def test_life(stack: Any, vases: Any) -> None:
    """Mistakes stop a preview, secrets stay hidden, a half-made resource is mended, drift comes back, all goes."""
    told = stack.fails("preview", lambda: Vase("one", height=60, material="glass"))
    assert "property height value {60} has a problem: glass is at most 50 cm high" in told

    def program(height: int) -> None:
        one = Vase("one", height=height, labels=pulumi.Output.secret({"owner": "hunter2"}))
        Vase("two", height=20, labels={"next to": one.serial.apply(str)})

    told = stack.fails("up", lambda: program(13))
    assert "cracked; labels {'owner': '[secret]'}" in told
    assert list(vases.made) == ["1"]

    stack.run("up", lambda: program(20))
    assert "shop:index:Vase one updated" in stack.output, "the cracked one was mended, not made again"
    assert "labels are {'next to': '1'}" in stack.output
    assert "hunter2" not in stack.state() + stack.output
    assert "potter-s-mark" not in stack.state()

    vases.made["9"] = vases.made["2"].model_copy(update={"serial": 9})
    del vases.made["2"]
    stack.run("refresh")
    assert "- 1 deleted" in stack.output
    imported = pulumi.ResourceOptions(import_="9", ignore_changes=["labels"])

    def imports() -> None:
        program(20)
        Vase("nine", imported, height=20)

    stack.run("up", imports)
    assert "= 1 imported" in stack.output
    assert sorted(vases.made) == ["1", "3", "9"], "what was gone was made again"

    stack.run("destroy")
    assert vases.made == {}
