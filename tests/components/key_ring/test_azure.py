"""Keys on Azure: what a vault can promise, and where copies lie."""

from typing import Any

import pytest
from azure_declared import declared

from components.key_ring.azure import build, refuse
from components.key_ring.shape import parse
from components.microsoft.ids import ManagedKey
from infra.problems import ProblemsError

KEY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/keys12ab/keys/text/versions/0a1b"


def spec(**more: Any) -> Any:
    """Give a checked ring of one class in the Netherlands."""
    args = {"platform": "azure", "region": "westeurope", "account": "s", "rotation_days": {"text": 90}}
    return parse({**args, **more})


def test_the_pair_inside_the_jurisdiction_is_fine() -> None:
    """The vault of the Netherlands is readable in Ireland by itself."""
    refuse(spec(replica_regions={"text": ["northeurope"]}, jurisdictions={"text": ["eu"]}))


def test_a_copy_outside_the_jurisdiction_is_refused() -> None:
    """Data of the Netherlands may not lie in Ireland."""
    with pytest.raises(ProblemsError, match=r"northeurope lies in ie .*allowed: nl"):
        refuse(spec(replica_regions={"text": ["northeurope"]}, jurisdictions={"text": ["nl"]}))


def test_a_region_that_is_no_pair_is_refused() -> None:
    """Azure copies a vault to one place alone, which the text names."""
    with pytest.raises(ProblemsError, match="northeurope, the pair of westeurope"):
        refuse(spec(replica_regions={"text": ["germanywestcentral"]}))


def test_rotation_by_hand_says_how() -> None:
    """A vault rotates by time; for now there is a command."""
    with pytest.raises(ProblemsError, match="az keyvault key rotate"):
        refuse(spec(generation=2))


def test_a_version_lives_for_a_week() -> None:
    """Key Vault does not rotate faster; the mistake names its class."""
    with pytest.raises(ProblemsError, match=r"rotation_days\.text: given 6"):
        refuse(spec(rotation_days={"text": 6}))


def test_a_class_may_not_take_the_name_of_a_purpose() -> None:
    """Two keys of one name in one vault would be one key."""
    with pytest.raises(ProblemsError, match="names a class 'logs'"):
        refuse(spec(rotation_days={"logs": 90}))


def test_a_key_tells_its_vault_and_its_address() -> None:
    """Everything that a service asks for is read from one id; anything else is refused."""
    key = ManagedKey.parse(KEY)
    assert key.url == "https://keys12ab.vault.azure.net/keys/text/0a1b"
    assert key.vault_id == "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/keys12ab"
    with pytest.raises(ValueError, match=r"take it from KeyRing\.keys"):
        ManagedKey.parse("arn:aws:kms:eu-north-1:1:key/a")


@pytest.mark.parametrize(
    ("hardware", "kind", "tier"), [(False, "RSA", "standard"), (True, "RSA-HSM", "premium")]
)
def test_vaults_let_services_in_and_no_address(hardware: bool, kind: str, tier: str) -> None:
    """Keys have the size that every service takes; the cluster's has a vault of its own, with private doors alone."""
    made = declared(lambda opts: build("keys", spec(hardware=hardware), opts))
    vaults = {
        one.name: one.inputs["properties"] for one in made if one.token == "azure-native:keyvault:Vault"
    }
    assert {name: vault["publicNetworkAccess"] for name, vault in vaults.items()} == {
        "keys": "Enabled",
        "keys-cluster": "Disabled",
    }
    for vault in vaults.values():
        assert (vault["networkAcls"]["defaultAction"], vault["networkAcls"]["ipRules"]) == ("Deny", [])
        assert vault["sku"]["name"] == tier
    keys = {one.name: one.inputs for one in made if one.token == "azure-native:keyvault:Key"}
    assert {(key["properties"]["kty"], key["properties"]["keySize"]) for key in keys.values()} == {
        (kind, 2048)
    }
    assert {name: key["vaultName"] for name, key in keys.items()} == {
        "text": "keys",
        "logs": "keys",
        "cluster": "keys-cluster",
    }
