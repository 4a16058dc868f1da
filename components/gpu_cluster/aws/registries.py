"""Where EKS keeps its own images, region by region (EKS guide, container image registries for add-ons)."""

from collections.abc import Mapping
from types import MappingProxyType

from infra.catalog import regions

_COMMON = "602401143452"
_IN_COMMON = frozenset(
    {
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
        "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    }
)  # fmt: skip
"""Regions that share one account."""

_OWN: Mapping[str, str] = MappingProxyType(
    {
        "af-south-1": "877085696533",
        "ap-east-1": "800184023465",
        "ap-south-2": "900889452093",
        "ap-southeast-3": "296578399912",
        "ap-southeast-4": "491585149902",
        "cn-north-1": "918309763551",
        "cn-northwest-1": "961992271922",
        "eu-central-2": "900612956339",
        "eu-south-1": "590381155156",
        "eu-south-2": "455263428931",
        "me-central-1": "759879836304",
        "me-south-1": "558608220178",
        "us-gov-east-1": "151742754352",
        "us-gov-west-1": "013241004608",
    }
)
"""Regions that have an account of their own."""


def registry(region: str) -> str | None:
    """Give the host of a region's registry, which nodes reach without leaving the network.

    None: the sources read do not name it; a chart's own default, in another region, stands.
    """
    account = _COMMON if region in _IN_COMMON else _OWN.get(region)
    ending = "amazonaws.com.cn" if regions.get("aws", region).partition == "aws-cn" else "amazonaws.com"
    return f"{account}.dkr.ecr.{region}.{ending}" if account else None
