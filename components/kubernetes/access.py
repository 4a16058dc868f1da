"""How a program reaches a cluster, and how what it makes there goes away."""

import pulumi
import pulumi_kubernetes as k8s

from components.parts import part_of


def provider(name: str, kubeconfig: pulumi.Input[str], opts: pulumi.ResourceOptions) -> k8s.Provider:
    """Make the explicit provider of one cluster.

    When the cluster cannot be reached any more, what was in it counts as deleted, so that a destroy never hangs on
    a dead API.
    """
    return k8s.Provider(name, kubeconfig=pulumi.Output.secret(kubeconfig), delete_unreachable=True, opts=opts)


def inside(
    provider: k8s.Provider, parent: pulumi.Resource, cluster: pulumi.Resource | None = None
) -> pulumi.ResourceOptions:
    """Give the options of what lives in a cluster; with the cluster given, it goes when the cluster goes."""
    return part_of(parent, provider=provider, deleted_with=cluster)
