"""The gateways of a store: TLS alone, two of them, encrypting under the key of the store's class."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_tls as tls

from components import site
from components.object_store.shape import ObjectStoreSpec

_YEAR = 365 * 24
_POOL = {"failureDomain": "host", "replicated": {"size": 3}}


def object_store(title: str, spec: ObjectStoreSpec) -> dict[str, Any]:
    """Describe the store; nothing is written in the clear, and pools outlive a store that is deleted by a slip."""
    return {
        "metadataPool": _POOL,
        "dataPool": _POOL,
        "preservePoolsOnDelete": not spec.force_destroy,
        "gateway": {"instances": 2, "securePort": 443, "sslCertificateRef": _secret(title)},
        **({"security": {"kms": key_management(spec.key)}} if spec.key is not None else {}),
    }


def key_management(key: pulumi.Input[str]) -> dict[str, Any]:
    """Say where the gateways find the key, and with what they may use it (Rook, object store security settings)."""
    return {
        "connectionDetails": {
            "KMS_PROVIDER": "vault",
            "VAULT_ADDR": site.VAULT_URL,
            "VAULT_BACKEND_PATH": site.TRANSIT,
            "VAULT_SECRET_ENGINE": "transit",
            "VAULT_AUTH_METHOD": "token",
            "VAULT_CACERT": site.VAULT_CA,
        },
        "tokenSecretName": site.token_secret(key),
    }


def certificate(
    title: str, labels: Mapping[str, str], opts: pulumi.ResourceOptions
) -> tuple[pulumi.Resource, pulumi.Output[str]]:
    """Make the certificate of the gateways; an update in the last month of its year renews it.

    Gives the secret that gateways take it from, and the certificate itself, by which clients know them.
    """
    own = tls.PrivateKey(title, algorithm="ECDSA", ecdsa_curve="P384", opts=opts)
    name = site.gateway(title)
    signed = tls.SelfSignedCert(
        title,
        private_key_pem=own.private_key_pem,
        allowed_uses=["digital_signature", "server_auth"],
        subject={"common_name": title},
        dns_names=[name, pulumi.Output.concat(name, ".cluster.local")],
        validity_period_hours=_YEAR,
        early_renewal_hours=30 * 24,
        opts=opts,
    )
    both = pulumi.Output.concat(own.private_key_pem, signed.cert_pem)
    return site.secret(_secret(title), site.STORAGE, {"cert": both}, labels, opts), signed.cert_pem


def _secret(title: str) -> str:
    return f"{title}-tls"
