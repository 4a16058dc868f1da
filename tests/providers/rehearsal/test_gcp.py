"""The stand-in for Google Cloud refuses what Google refuses, and its names, links and labels are Google's."""

from collections.abc import Callable

import pytest

from providers.base.values import UNKNOWN, plain

from .conftest import Rig

NETWORK, SUBNET, BUCKET = (
    "gcp:compute/network:Network",
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:storage/bucket:Bucket",
)
CLUSTER, POOL, PERSON = (
    "gcp:container/cluster:Cluster",
    "gcp:container/nodePool:NodePool",
    "gcp:serviceaccount/account:Account",
)

ATTACHMENT = "gcp:compute/interconnectAttachment:InterconnectAttachment"
LOCKED = {"retentionPeriod": "86400", "isLocked": True}
PORT = {"interconnectType": "DEDICATED", "linkType": "LINK_TYPE_ETHERNET_10G_LR", "requestedLinkCount": 1}


@pytest.fixture
def gcp(rig: Callable[..., Rig]) -> Rig:
    """Give a project in the Netherlands."""
    served = rig("gcp")
    served.configure(project="rehearsal-project", region="europe-west4", zone="europe-west4-a")
    return served


@pytest.mark.parametrize(
    ("token", "inputs", "told"),
    [
        (CLUSTER, {"nodeConfig": {"machineTyp": "a3"}}, "did you mean 'machineType'?"),
        (NETWORK, {"name": "Net"}, "'Net' is not a valid name"),
        (BUCKET, {"location": "EU", "name": "my-google-bucket"}, "without google"),
        (PERSON, {"accountId": "me"}, "6 to 30 lower-case letters"),
        (
            "gcp:compute/interconnect:Interconnect",
            {"location": "ord-zone1-7", **PORT},
            "interconnectLocations/NAME",
        ),
        (SUBNET, {"network": "projects/rehearsal-project/global/networks/none"}, "was not found"),
        (
            BUCKET,
            {"location": "EU", "versioning": {"enabled": True}, "retentionPolicy": LOCKED},
            "cannot be enabled",
        ),
        (ATTACHMENT, {"router": UNKNOWN, "vlanTag8021q": 1}, "allowed: 2 to 4094"),
        (
            POOL,
            {
                "cluster": UNKNOWN,
                "nodeConfig": {"serviceAccount": "no-one@rehearsal-project.iam.gserviceaccount.com"},
            },
            "does not exist",
        ),
    ],
)
def test_what_google_refuses_is_refused(gcp: Rig, token: str, inputs: dict[str, object], told: str) -> None:
    """Unknown fields, bad names, resources and accounts never made fail in Check."""
    _, problems = gcp.check(token, inputs)
    assert any(told in problem for problem in problems), problems


def test_an_account_planned_in_a_preview_may_be_given_rights_until_it_ends(gcp: Rig) -> None:
    """A member of a bucket may be an account that the same preview would make, and no longer after the run."""
    gcp.create(PERSON, {"accountId": "planned-one"}, preview=True)
    who = "serviceAccount:planned-one@rehearsal-project.iam.gserviceaccount.com"
    right = {"bucket": UNKNOWN, "role": "roles/storage.objectViewer", "member": who}
    assert gcp.check("gcp:storage/bucketIAMMember:BucketIAMMember", right)[1] == []
    gcp.cancel()
    assert gcp.check("gcp:storage/bucketIAMMember:BucketIAMMember", right)[1] != []


def test_a_lock_and_versions_pass_each_by_itself(gcp: Rig) -> None:
    """A locked bucket says that it keeps no versions, one with versions says nothing of a lock; VLAN 2 is the first."""
    for more in (
        {"versioning": {"enabled": False}, "retentionPolicy": LOCKED},
        {"versioning": {"enabled": True}},
    ):
        assert gcp.check(BUCKET, {"location": "EU", **more})[1] == []
    assert gcp.check(ATTACHMENT, {"router": UNKNOWN, "vlanTag8021q": 2})[1] == []


@pytest.mark.never_again
def test_the_account_of_buckets_is_there_once_it_was_asked_for(gcp: Rig) -> None:
    """Terraform's page on the account: a name put together by oneself fails in a project that never asked."""
    who = "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
    right = {"cryptoKeyId": UNKNOWN, "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "member": who}
    grant = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
    assert "Cloud Storage makes it when its name is asked for" in gcp.check(grant, right)[1][0]
    assert gcp.invoke("gcp:storage/getProjectServiceAccount:getProjectServiceAccount")["member"] == who
    assert gcp.check(grant, right)[1] == []


def test_names_links_and_labels_look_like_googles(gcp: Rig) -> None:
    """Ids follow the documented form, self links lead to the API, all labels are there, as secrets like the SDK's."""
    id_, network = gcp.create(NETWORK, {"name": "fabric"})
    assert id_ == "projects/rehearsal-project/global/networks/fabric"
    assert network["selfLink"] == f"https://www.googleapis.com/compute/v1/{id_}"
    for reference in (id_, network["selfLink"]):
        assert gcp.check(SUBNET, {"network": reference})[1] == []
    subnet, made = gcp.create(SUBNET, {"name": "one", "network": id_, "ipCidrRange": "10.0.0.0/20"})
    assert subnet == "projects/rehearsal-project/regions/europe-west4/subnetworks/one"
    assert made["region"] == "europe-west4"
    _, bucket = gcp.create(BUCKET, {"location": "EU", "name": "shards-1", "labels": {"team": "ml"}})
    assert plain(bucket["effectiveLabels"]) == {"team": "ml"}


def test_a_pool_belongs_to_its_cluster(gcp: Rig) -> None:
    """A pool's id continues its cluster's; the cluster can't go before it."""
    import grpc

    cluster, made = gcp.create(CLUSTER, {"name": "gpu", "location": "europe-west4"})
    pool, inner = gcp.create(POOL, {"name": "h100", "cluster": cluster, "location": "europe-west4"})
    assert pool == f"{cluster}/nodePools/h100"
    with pytest.raises(grpc.RpcError, match="failedPrecondition"):
        gcp.delete(CLUSTER, cluster, made)
    gcp.delete(POOL, pool, inner)
    gcp.delete(CLUSTER, cluster, made)


def test_members_and_service_agents_of_google_pass(gcp: Rig) -> None:
    """A made account, Google's own agents and accounts of other projects are known."""
    _, made = gcp.create(PERSON, {"accountId": "gpu-nodes"})
    grant = "gcp:projects/iAMMember:IAMMember"
    for member in (
        made["member"],
        "serviceAccount:service-1@gs-project-accounts.iam.gserviceaccount.com",
        "serviceAccount:rehearsal-project.svc.id.goog[ml/train]",
    ):
        assert (
            gcp.check(grant, {"project": "rehearsal-project", "role": "roles/viewer", "member": member})[1]
            == []
        )


def test_lookups_answer_for_the_providers_project(gcp: Rig) -> None:
    """Client configuration, project and zones come from the provider."""
    assert gcp.invoke("gcp:organizations/getClientConfig:getClientConfig")["project"] == "rehearsal-project"
    assert gcp.invoke("gcp:compute/getZones:getZones")["names"][0] == "europe-west4-a"
    assert gcp.invoke("gcp:organizations/getProject:getProject")["number"].isdigit()


def test_keys_of_log_buckets_are_opened_by_an_account_of_their_own(gcp: Rig) -> None:
    """What the settings name is not the logging service's agent, which holds no key."""
    found = gcp.invoke("gcp:logging/getProjectCmekSettings:getProjectCmekSettings", project="p")
    assert found["serviceAccountId"].startswith("cmek-p")


@pytest.mark.never_again
def test_another_driver_takes_the_pool_and_another_label_does_not(gcp: Rig) -> None:
    """Thread terraform-provider-google #23248: the driver's version makes a pool anew, so a plan shows it as a loss."""

    def pool(driver: str, **labels: str) -> dict[str, object]:
        card = {"type": "nvidia-l4", "count": 1, "gpuDriverInstallationConfig": {"gpuDriverVersion": driver}}
        return {"name": "it", "cluster": "c", "nodeConfig": {"guestAccelerators": [card], "labels": labels}}

    assert gcp.diff(POOL, "it", pool("LATEST"), pool("DEFAULT")).replaces
    labelled = gcp.diff(POOL, "it", pool("LATEST"), pool("LATEST", team="ml"))
    assert labelled.diffs
    assert not labelled.replaces
