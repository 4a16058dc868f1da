"""The neutral shape of an account."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from components.reading import Reader
from infra.platforms import Platform, backend


class AccountArgs(TypedDict):
    """Where an environment's resources are made."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    region: str
    """The platform's name of the region: the only place where it is said."""
    account: NotRequired[str]
    """The account, project or subscription; every other one is refused. Default: whichever the credentials lead to."""


@dataclass(frozen=True)
class AccountSpec:
    """The checked form of `AccountArgs`, every field present."""

    platform: Platform
    region: str
    account: str


@dataclass(frozen=True)
class AccountOutputs:
    """What a backend gives back."""

    providers: tuple[pulumi.ProviderResource, ...]
    """Explicit providers, one a package; none on this machine."""


class Account(pulumi.ComponentResource):
    """The account that everything else is built in."""

    providers: tuple[pulumi.ProviderResource, ...]
    """Explicit providers, one a package; none on this machine. For programs in Python only."""

    def __init__(self, name: str, args: AccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:Account", name, dict(args), opts)
        spec = parse(args)
        made = backend("account", spec.platform).build(name, spec, pulumi.ResourceOptions(parent=self))
        self.providers = made.providers
        self.register_outputs({})

    def inside(self, **options: Any) -> pulumi.ResourceOptions:
        """Give the options of a component that is built in this account."""
        return pulumi.ResourceOptions(providers=list(self.providers), **options)


def parse(args: AccountArgs | dict[str, Any]) -> AccountSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("Account", args, AccountArgs.__annotations__)
    spec = AccountSpec(reader.platform(), reader.text("region"), reader.text("account", ""))
    reader.done()
    return spec
