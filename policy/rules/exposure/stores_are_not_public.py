"""No object store is public."""

from policy.model.checks import all_of, equals, is_false, is_true, must, must_not
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import PASS, Fail, Verdict

_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_ALL = ("allUsers", "allAuthenticatedUsers")


def _aws(bucket: Resource, facts: Facts) -> Verdict:
    kind = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    if facts.graph.pointing_at(bucket, "bucket", kind):
        return PASS
    return Fail("nothing blocks public access to it", f"add a {kind} with all four blocks true")


RULE = Rule(
    name="stores-are-not-public",
    says="No object store is public",
    why="A public bucket is the most common way to lose training data and weights",
    fix="Block public access on the store itself.",
    severity=Severity.CRITICAL,
    frameworks=Frameworks(
        gdpr=("Art. 5(1)(f)", "Art. 32(1)(b)"),
        hipaa=("164.312(a)(1)",),
        iso27001=("A.5.15", "A.8.3"),
        soc2=("CC6.1", "C1.1"),
        nist=("AC-3", "AC-6", "SC-7"),
        cis=("3.3",),
    ),
    at_create={
        "gcp:storage/bucket:Bucket": all_of(
            must("publicAccessPrevention", equals("enforced"), 'set publicAccessPrevention to "enforced"'),
            must("uniformBucketLevelAccess", is_true, "set uniformBucketLevelAccess to true"),
        ),
        "gcp:storage/bucketIAMMember:BucketIAMMember": must_not(
            "member", equals(*_ALL), "name a principal as member"
        ),
        "gcp:storage/bucketIAMBinding:BucketIAMBinding": must_not(
            "members[*]", equals(*_ALL), "name principals as members"
        ),
        "azure-native:storage:StorageAccount": all_of(
            must("allowBlobPublicAccess", is_false, "set allowBlobPublicAccess to false"),
            must(
                "publicNetworkAccess",
                equals("Disabled", "SecuredByPerimeter"),
                'set publicNetworkAccess to "Disabled"',
            ),
        ),
        "azure-native:storage:BlobContainer": must(
            "publicAccess", equals("None"), 'set publicAccess to "None"', unset="pass"
        ),
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": all_of(
            *(must(name, is_true, f"set {name} to true") for name in _BLOCKS)
        ),
    },
    in_stack={"aws:s3/bucket:Bucket": _aws},
)
