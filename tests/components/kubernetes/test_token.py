"""A pod that acts in another place holds a short-lived token for it, and no other pod does."""

import dataclasses
from typing import Any

from components.kubernetes import pods
from components.kubernetes.pods import Place
from infra.catalog import machines
from workloads.pretrain.spec import PretrainSpec


def pod(token: dict[str, str] | None) -> dict[str, Any]:
    """Give a training pod at a site."""
    described = dataclasses.asdict(PretrainSpec.parse({}).pod(8, ""))
    place = Place("joint", machines.get("onprem", "hgx-h100"), fabric=False)
    return pods.spec(place, described, environment={}, account="pretrain", token=token)


def test_the_token_is_for_one_audience_and_an_hour() -> None:
    """The kubelet renews it; the container can read it and not write it; the cluster's own token stays out."""
    made = pod({"audience": "sts.amazonaws.com", "folder": "/var/run/secrets/federation"})
    (volume,) = [one for one in made["volumes"] if one["name"] == "federation"]
    wanted = {"audience": "sts.amazonaws.com", "expirationSeconds": 3600, "path": "token"}
    assert volume["projected"] == {"sources": [{"serviceAccountToken": wanted}]}
    (mount,) = [one for one in made["containers"][0]["volumeMounts"] if one["name"] == "federation"]
    assert mount == {"name": "federation", "mountPath": "/var/run/secrets/federation", "readOnly": True}
    assert made["automountServiceAccountToken"] is False


def test_who_stays_at_home_holds_none() -> None:
    """Without a token to hold a pod has neither the volume nor the mount."""
    made = pod(None)
    names = [one["name"] for one in (*made["volumes"], *made["containers"][0]["volumeMounts"])]
    assert "federation" not in names
