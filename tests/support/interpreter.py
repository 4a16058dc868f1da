"""Kernels in Triton's interpreter: a script's checks run in a process of their own, and say what became of each.

Triton decides at its import whether kernels are interpreted, so such checks cannot share a process with other tests.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SUPPORT = Path(__file__).parent


def outcomes(script: Path) -> dict[str, str]:
    """Run a script that ends in `play`, and give for each of its checks `agrees` or what went wrong."""
    start = f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", start],
        cwd=SUPPORT.parents[1],
        env={**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": str(SUPPORT)},
        capture_output=True,
        text=True,
        timeout=800,
        check=True,
    )
    results: dict[str, str] = json.loads(run.stdout)
    return results


def play(checks: Mapping[str, Callable[[], None]]) -> None:
    """Run all checks and print what became of each as JSON."""
    import torch

    _repair()
    torch.set_num_threads(1)
    found = {}
    for name, check in checks.items():
        torch.manual_seed(
            7
        )  # a rare draw holds numbers that the interpreter widens wrongly: subnormals of bf16
        try:
            check()
        except Exception:  # noqa: BLE001 - whatever went wrong is the result
            found[name] = traceback.format_exc()
        else:
            found[name] = "agrees"
    json.dump(found, sys.stdout)


def _repair() -> None:
    """Make loop bounds work: Triton 3.6 converts arrays of one element by int(), which NumPy 2.4 refuses."""
    from triton.runtime import interpreter

    original = interpreter._patch_lang_tensor

    def repaired(tensor: Any, scope: Any) -> None:
        original(tensor, scope)
        scope.set_attr(tensor, "__index__", lambda self: int(self.handle.data.item()))

    interpreter._patch_lang_tensor = repaired
