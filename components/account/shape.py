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
    """The account, project or subscription; every other one is refused. Required on Google Cloud.

    Default: whichever the credentials lead to."""
    kubeconfig: NotRequired[pulumi.Input[str]]
    """On premises: how to reach the existing cluster, a secret. Required there. Default: none."""
    protect: NotRequired[bool]
    """On premises: refuse to delete the site's storage system. Default: false."""
    storage: NotRequired[bool]
    """On premises: install the site's storage system; false where another stack has. Default: true."""
    labels: NotRequired[dict[str, str]]
    """Labels, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class AccountSpec:
    """The checked form of `AccountArgs`, every field present."""

    platform: Platform
    region: str
    account: str
    kubeconfig: pulumi.Input[str] | None
    protect: bool
    storage: bool
    labels: dict[str, str]


@dataclass(frozen=True)
class AccountOutputs:
    """What a backend gives back."""

    providers: tuple[pulumi.ProviderResource, ...]
    """Explicit providers, one a package; none on this machine."""
    ground: tuple[pulumi.Resource, ...] = ()
    """What has to be there before anything else is made in it; nothing on clouds."""


class Account(pulumi.ComponentResource):
    """The account that everything else is built in."""

    providers: tuple[pulumi.ProviderResource, ...]
    """Explicit providers, one a package; none on this machine. For programs in Python only."""

    def __init__(self, name: str, args: AccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:Account", name, dict(args), opts)
        spec = parse(args)
        made = backend("account", spec.platform).build(name, spec, pulumi.ResourceOptions(parent=self))
        self.providers = made.providers
        self._ground: tuple[pulumi.Resource, ...] = made.ground
        self.register_outputs({})

    def inside(self, *after: pulumi.Resource, **options: Any) -> pulumi.ResourceOptions:
        """Give the options of a component that is built in this account, after its ground and some resources."""
        ready = [*self._ground, *after]
        return pulumi.ResourceOptions(providers=list(self.providers), depends_on=ready, **options)


def parse(args: AccountArgs | dict[str, Any]) -> AccountSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("Account", args, AccountArgs.__annotations__)
    spec = AccountSpec(
        platform=reader.platform(),
        region=reader.text("region"),
        account=reader.text("account", ""),
        kubeconfig=reader.flowing("kubeconfig"),
        protect=reader.flag("protect", default=False),
        storage=reader.flag("storage", default=True),
        labels=reader.mapping("labels"),
    )
    reader.done()
    return spec
