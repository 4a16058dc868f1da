"""A Google service account that one service account of the cluster acts as, by workload identity."""

import pulumi
from pulumi_gcp import serviceaccount, storage

from components.google import needed, title, workload_pool
from components.identity.shape import IdentityOutputs, IdentitySpec, StoreRight

ROLES = {"read": "roles/storage.objectViewer", "write": "roles/storage.objectUser"}
"""What a workload may do with objects. Cloud Storage uses the key itself, so no workload needs rights on it."""


def build(name: str, spec: IdentitySpec, opts: pulumi.ResourceOptions) -> IdentityOutputs:
    """Make the account, its rights, and who may act as it: one service account of one namespace.

    Raises:
        ProblemsError: Cluster or project is missing.
    """
    needed("Identity", name, cluster=spec.cluster, account=spec.account)
    known = title(name, limit=30)
    account = serviceaccount.Account(
        name,
        account_id=known,
        display_name=f"{pulumi.get_stack()} {spec.workload}",
        description=f"Workload {spec.workload}, in the namespace of that name",
        opts=opts,
    )
    email = f"{known}@{spec.account}.iam.gserviceaccount.com"
    own = pulumi.ResourceOptions(parent=account, depends_on=[account])
    serviceaccount.IAMMember(
        name,
        service_account_id=account.name,
        role="roles/iam.workloadIdentityUser",
        # the pool exists from the project's first cluster on, so the binding waits for ours
        member=pulumi.Output.from_input(spec.cluster).apply(lambda _: member(spec.account, spec.workload)),
        opts=own,
    )
    for label, right in spec.stores.items():
        storage.BucketIAMMember(
            f"{name}-{label}",
            bucket=right.store,
            role=ROLES[right.access],
            # known before the account is, so that a plan can judge who gets in
            member=f"serviceAccount:{email}",
            condition=condition(right),
            opts=own,
        )
    return IdentityOutputs(account.email, {"iam.gke.io/gcp-service-account": email})


def member(project: str, workload: str) -> str:
    """Name a service account of a cluster as IAM does."""
    return f"serviceAccount:{workload_pool(project)}[{workload}/{workload}]"


def condition(right: StoreRight) -> dict[str, object] | None:
    """Bound a right to one folder: its objects, and listing below it; None for the whole store."""
    if not right.prefix:
        return None
    listing = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "")'
    objects = pulumi.Output.concat(
        'resource.name.startsWith("projects/_/buckets/', right.store, f'/objects/{right.prefix}/")'
    )
    return {
        "title": "one folder",
        "expression": pulumi.Output.concat(objects, f' || {listing}.startsWith("{right.prefix}/")'),
    }
