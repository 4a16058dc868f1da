"""The policy pack that judges every operation of the console."""

from infra import paths


def packs() -> list[str]:
    """Give the folders of the packs."""
    return [str(paths.project() / "policy")]
