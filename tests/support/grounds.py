"""What two environments tell the stacks that stand on them: a small site, and a small cloud."""

from typing import Any

MODELS = {"jurisdictions": ["eu"], "rotation_days": 180.0, "personal": False}

SITE: dict[str, Any] = {
    "version": 1.0,
    "platform": "onprem",
    "region": "hall-1",
    "account": "",
    "jurisdiction": "eu",
    "data_classes": {"models": MODELS},
    "network": {"id": "hall-1", "cidr": "10.200.0.0/16", "zones": ["hall-1"], "subnets": {}, "routes": {}},
    "cluster": {
        "name": "hall-1",
        "issuer": "https://tokens.hall-1.example.org",
        "pools": {
            "train": {
                "purpose": "training",
                "machine": "hgx-h100",
                "nodes": 4.0,
                "accelerators": 8.0,
                "fabric": True,
            },
            "joint": {
                "purpose": "training",
                "machine": "hgx-h100",
                "nodes": 2.0,
                "accelerators": 8.0,
                "fabric": True,
                "networks": "",
            },
        },
    },
    "stores": {},
}

CLOUD: dict[str, Any] = {
    "version": 1.0,
    "platform": "aws",
    "region": "eu-north-1",
    "account": "123456789012",
    "jurisdiction": "",
    "data_classes": {"models": MODELS},
    "network": {
        "id": "vpc-0123456789abcdef0",
        "cidr": "10.64.0.0/16",
        "zones": ["eu-north-1a"],
        "subnets": {"eu-north-1a": "subnet-0123456789abcdef0"},
        "routes": {"eu-north-1a": "rtb-0123456789abcdef0"},
    },
    "cluster": {
        "name": "aws-prod-cluster",
        "issuer": "",
        "pools": {
            "serve": {
                "purpose": "serving",
                "machine": "g6e.12xlarge",
                "nodes": 2.0,
                "accelerators": 4.0,
                "fabric": False,
            },
        },
    },
    "stores": {
        "artifacts": {
            "url": "s3://artifacts-0123456",
            "id": "artifacts-0123456",
            "data_class": "models",
            "key": "arn:aws:kms:eu-north-1:123456789012:key/5c3f1a52-6a52-4f1c-9d3a-0f8f4a1f9f10",
        },
    },
    "volume": {
        "store": "artifacts",
        "driver": "fsx.csi.aws.com",
        "handle": "fs-0123456789abcdef0",
        "attributes": {"dnsname": "fs-0123456789abcdef0.fsx.eu-north-1.amazonaws.com", "mountname": "fsx"},
        "capacity_gib": 9600.0,
    },
}
