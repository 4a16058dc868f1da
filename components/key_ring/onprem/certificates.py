"""Who vouches for OpenBao: an authority of its own, whose certificate the storage system trusts and no one else."""

from collections.abc import Mapping

import pulumi
import pulumi_tls as tls

from components import site

TLS_SECRET = "openbao-tls"  # noqa: S105 - the name of a secret, not the secret
_YEAR = 365 * 24
_MONTH = 30 * 24


def issue(name: str, labels: Mapping[str, str], opts: pulumi.ResourceOptions) -> pulumi.Resource:
    """Make the authority and the server's certificate; an update in the last month of its year renews it."""
    root = tls.PrivateKey(f"{name}-authority", algorithm="ECDSA", ecdsa_curve="P384", opts=opts)
    vouching = tls.SelfSignedCert(
        f"{name}-authority",
        private_key_pem=root.private_key_pem,
        is_ca_certificate=True,
        allowed_uses=["cert_signing", "crl_signing", "digital_signature"],
        subject={"common_name": f"{pulumi.get_stack()} {name}"},
        validity_period_hours=10 * _YEAR,
        early_renewal_hours=_YEAR,
        opts=opts,
    )
    own = tls.PrivateKey(f"{name}-server", algorithm="ECDSA", ecdsa_curve="P384", opts=opts)
    asked = tls.CertRequest(
        f"{name}-server",
        private_key_pem=own.private_key_pem,
        subject={"common_name": f"openbao.{site.VAULT}.svc"},
        dns_names=names(),
        ip_addresses=["127.0.0.1"],
        opts=opts,
    )
    signed = tls.LocallySignedCert(
        f"{name}-server",
        cert_request_pem=asked.cert_request_pem,
        ca_private_key_pem=root.private_key_pem,
        ca_cert_pem=vouching.cert_pem,
        allowed_uses=["digital_signature", "server_auth", "client_auth"],
        validity_period_hours=_YEAR,
        early_renewal_hours=_MONTH,
        opts=opts,
    )
    site.secret(site.VAULT_CA, site.STORAGE, {"cert": vouching.cert_pem}, labels, opts)
    files = {"tls.crt": signed.cert_pem, "tls.key": own.private_key_pem, "ca.crt": vouching.cert_pem}
    return site.secret(TLS_SECRET, site.VAULT, files, labels, opts)


def names() -> list[str]:
    """List the names that the chart's services answer to."""
    services = ("openbao", "openbao-active", "openbao-internal", "*.openbao-internal")
    return [f"{service}.{site.VAULT}.svc" for service in services]
