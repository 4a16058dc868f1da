"""The OpenBao servers: three that agree by Raft, speak TLS 1.3 alone, unseal themselves and write an audit log."""

from collections.abc import Iterable, Sequence
from typing import Any

import pulumi
import pulumi_random as random

from components import site
from components.key_ring.onprem.certificates import TLS_SECRET
from components.key_ring.onprem.keeper import FOLDER, Key, listed
from components.key_ring.shape import KeyRingSpec
from components.kubernetes.charts import Chart

CHART, CHARTS = "0.28.0", "https://openbao.github.io/openbao-helm"
VERSION = "2.5.3"
"""What the chart was released with (openbao-helm, charts/openbao/Chart.yaml)."""

SERVERS = 3
_PEERS = f'provider=k8s namespace={site.VAULT} label_selector=\\"app.kubernetes.io/instance=openbao,component=server\\"'
_TLS = "/openbao/tls"
_SEAL = "/openbao/seal"

CONFIG = f"""ui = false
listener "tcp" {{
  address         = "[::]:8200"
  cluster_address = "[::]:8201"
  tls_cert_file   = "{_TLS}/tls.crt"
  tls_key_file    = "{_TLS}/tls.key"
  tls_min_version = "tls13"
}}
storage "raft" {{
  path = "/openbao/data"
  retry_join {{
    auto_join             = "{_PEERS}"
    auto_join_scheme      = "https"
    leader_ca_cert_file   = "{_TLS}/ca.crt"
    leader_tls_servername = "openbao-internal.{site.VAULT}.svc"
  }}
}}
service_registration "kubernetes" {{}}
seal "static" {{
  current_key_id = "1"
  current_key    = "file://{_SEAL}/key"
}}
audit "file" "audit" {{
  options {{
    file_path = "stdout"
  }}
}}
initialize "keeper" {{
  request "let-the-cluster-vouch" {{
    operation = "update"
    path      = "sys/auth/kubernetes"
    data      = {{ type = "kubernetes" }}
  }}
  request "name-the-cluster" {{
    operation = "update"
    path      = "auth/kubernetes/config"
    data      = {{ kubernetes_host = "https://kubernetes.default.svc" }}
  }}
  request "mount-the-keys" {{
    operation = "update"
    path      = "sys/mounts/{site.TRANSIT}"
    data      = {{ type = "transit" }}
  }}
  request "write-the-keepers-policy" {{
    operation = "update"
    path      = "sys/policies/acl/keeper"
    data = {{
      policy = <<-POLICY
        path "{site.TRANSIT}/keys/*" {{ capabilities = ["create", "read", "update"] }}
        path "sys/policies/acl/use-*" {{ capabilities = ["create", "read", "update"] }}
        path "auth/token/create-orphan" {{ capabilities = ["create", "update", "sudo"] }}
        path "auth/token/renew" {{ capabilities = ["update"] }}
      POLICY
    }}
  }}
  request "let-the-keeper-in" {{
    operation = "update"
    path      = "auth/kubernetes/role/keeper"
    data = {{
      bound_service_account_names      = "openbao"
      bound_service_account_namespaces = "{site.VAULT}"
      token_policies                   = "keeper"
      token_ttl                        = "5m"
    }}
  }}
}}
"""
"""The servers' configuration; the `initialize` part runs once, as root, whose token is thrown away after it."""


def install(
    spec: KeyRingSpec, keys: Iterable[Key], after: Sequence[pulumi.Resource], opts: pulumi.ResourceOptions
) -> pulumi.CustomResource:
    """Install the servers, with the keeper beside each.

    The seal key opens the servers' store after a restart. Keep a copy of it outside the site: without it nothing
    under any key can be read again.
    """
    seal = random.RandomBytes("seal", length=32, opts=_kept(spec, opts))
    held = site.secret("seal", site.VAULT, {"key": seal.base64}, spec.labels, opts)
    ready = pulumi.ResourceOptions.merge(_kept(spec, opts), pulumi.ResourceOptions(depends_on=[held, *after]))
    return Chart("openbao", CHARTS, CHART).install(site.VAULT, values(listed(keys)), ready, timeout=site.WAIT)


def _kept(spec: KeyRingSpec, opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=spec.protect))


def values(wanted: str) -> dict[str, Any]:
    """Give the chart's values.

    Args:
        wanted: The keeper's list; a server that holds another one restarts.
    """
    mounted = {TLS_SECRET: _TLS, "seal": _SEAL, "keeper": FOLDER}
    volumes = [{"name": name, "secret": {"secretName": name, "defaultMode": 0o440}} for name in mounted]
    mounts = [{"name": name, "mountPath": path, "readOnly": True} for name, path in mounted.items()]
    trust = {"BAO_ADDR": "https://127.0.0.1:8200", "BAO_CACERT": f"{_TLS}/ca.crt"}
    keeper = {
        "name": "keeper",
        "image": f"quay.io/openbao/openbao:{VERSION}",
        "command": ["/bin/sh", f"{FOLDER}/keeper.sh"],
        "env": [{"name": name, "value": value} for name, value in trust.items()],
        "volumeMounts": mounts,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    return {
        "global": {"tlsDisable": False},
        "injector": {"enabled": False},
        "server": {
            "ha": {
                "enabled": True,
                "replicas": SERVERS,
                "raft": {"enabled": True, "config": CONFIG},
            },
            "annotations": {"causeway/keys": wanted},
            "auditStorage": {"enabled": False},
            "extraEnvironmentVars": {"BAO_CACERT": trust["BAO_CACERT"]},
            "volumes": volumes,
            "volumeMounts": mounts,
            "extraContainers": [keeper],
        },
    }
