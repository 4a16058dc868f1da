"""Types that clouds do not charge for: names, rules, and the settings of what is charged elsewhere."""

import fnmatch
from functools import cache

_PATTERNS = (
    "aws:iam/*",
    "aws:s3/bucket?*:*",  # the settings of a bucket, not the bucket
    "aws:kms/alias:*",
    "aws:kms/grant:*",
    "aws:kms/keyPolicy:*",
    "aws:eks/accessEntry:*",
    "aws:eks/accessPolicyAssociation:*",
    "aws:eks/addon:*",
    "aws:eks/identityProviderConfig:*",
    "aws:eks/podIdentityAssociation:*",
    "aws:ec2/capacityReservation:*",  # paid through the machines that it holds: see the pool
    "aws:ec2/customerGateway:*",
    "aws:ec2/default*",
    "aws:ec2/flowLog:*",  # its log group or bucket is paid
    "aws:ec2/internetGateway:*",
    "aws:ec2/egressOnlyInternetGateway:*",
    "aws:ec2/launchTemplate:*",
    "aws:ec2/networkAcl*",
    "aws:ec2/placementGroup:*",
    "aws:ec2/route*",
    "aws:ec2/mainRouteTableAssociation:*",
    "aws:ec2/securityGroup*",
    "aws:ec2/subnet:*",
    "aws:ec2/tag:*",
    "aws:ec2/vpc:*",
    "aws:ec2/vpcDhcpOptions*",
    "aws:ec2/vpcEndpoint?*:*",
    "aws:ec2/vpnGateway*",
    "aws:ec2/vpnConnectionRoute:*",
    "aws:vpc/*",
    "aws:ec2transitgateway/transitGateway:*",
    "aws:ec2transitgateway/route*",
    "aws:directconnect/gateway*",
    "aws:directconnect/*VirtualInterface*",
    "aws:directconnect/macsecKeyAssociation:*",
    "aws:directconnect/lag:*",
    "aws:fsx/dataRepositoryAssociation:*",  # the storage at both ends is paid
    "aws:backup/plan:*",
    "aws:backup/selection:*",
    "aws:ram/*",
    "aws:sqs/queuePolicy:*",
    "aws:sns/topicPolicy:*",
    "aws:secretsmanager/secretVersion:*",
    "aws:secretsmanager/secretPolicy:*",
    "aws:autoscaling/*",
    "aws:ssm/parameter:*",
    "aws:ecr/repositoryPolicy:*",
    "aws:ecr/lifecyclePolicy:*",
    "aws:ebs/encryptionByDefault:*",
    "aws:cloudwatch/eventRule:*",
    "aws:cloudwatch/eventTarget:*",
    "gcp:compute/network*",
    "gcp:compute/subnetwork*",
    "gcp:compute/externalVpnGateway:*",  # a tunnel is paid, its ends are not
    "gcp:compute/firewall*",
    "gcp:compute/globalAddress:*",
    "gcp:compute/haVpnGateway:*",
    "gcp:compute/reservation:*",
    "gcp:compute/resourcePolicy:*",
    "gcp:compute/route:*",
    "gcp:compute/router:*",
    "gcp:compute/routerInterface:*",
    "gcp:compute/routerPeer:*",
    "gcp:container/*IAM*",
    "gcp:kms/*IAM*",
    "gcp:kms/keyRing:*",
    "gcp:logging/projectExclusion:*",
    "gcp:logging/projectSink:*",
    "gcp:projects/*",
    "gcp:servicenetworking/*",
    "gcp:serviceaccount/*",
    "gcp:serviceAccount/*",
    "gcp:storage/bucket?*:*",
    "gcp:iam/*",
    "gcp:pubsub/*IAM*",
    "gcp:secretmanager/*IAM*",
    "gcp:secretmanager/secretVersion:*",
    "gcp:artifactregistry/*IAM*",
    "gcp:networkconnectivity/*",
    "gcp:tags/*",
    "azure-native:authorization:*",
    "azure-native:resources:*",
    "azure-native:managedidentity:*",
    "azure-native:compute:DiskEncryptionSet",
    "azure-native:compute:CapacityReservation*",  # paid through the machines that it holds: see the pool
    "azure-native:compute:ProximityPlacementGroup",
    "azure-native:containerservice:MaintenanceConfiguration",
    "azure-native:containerservice:FleetMember",
    "azure-native:keyvault:Vault",  # its operations are paid with the keys
    "azure-native:keyvault:Secret",
    "azure-native:monitor:*",
    "azure-native:network:ExpressRouteCircuit?*",
    "azure-native:network:FlowLog",
    "azure-native:network:LocalNetworkGateway",  # it says where the far end is
    "azure-native:network:NetworkSecurityGroup",
    "azure-native:network:NetworkWatcher",
    "azure-native:network:Route*",
    "azure-native:network:SecurityRule",
    "azure-native:network:Subnet",
    "azure-native:network:VirtualNetwork",
    "azure-native:network:VirtualNetworkLink",
    "azure-native:network:PrivateDnsZoneGroup",
    "azure-native:privatedns:*",
    "azure-native:storage:Blob*",
    "azure-native:storage:ManagementPolicy",
    "azure-native:storage:*Rule*",
    "azure-native:storagecache:Auto*Job",  # part of the file system
)
_PAID = (
    "aws:",
    "gcp:",
    "azure-native:",
    "kubernetes:karpenter.sh/",  # its pools buy machines
    "kubernetes:nfd.k8s-sigs.io/v1alpha1:NodeFeatureRule",  # it stands for the machines of an own site
)


@cache
def is_free(kind: str) -> bool:
    """Tell whether a type has no price of its own. What is not a cloud's is paid through what it runs on."""
    return not kind.startswith(_PAID) or any(fnmatch.fnmatchcase(kind, pattern) for pattern in _PATTERNS)
