"""The names of the platforms."""

from typing import Literal, get_args

Platform = Literal["aws", "gcp", "azure", "onprem", "local"]

PLATFORMS: tuple[str, ...] = get_args(Platform)
"""All platforms, in the order in which tables print them."""
