"""Object stores log who reads them."""

from infra.catalog.values import Value
from policy.model import access_logs, labels
from policy.model.checks import must, present
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Verdict


def _gcp(bucket: Resource, facts: Facts) -> Verdict:
    if labels.label(bucket, "purpose") == "access-logs":
        return NotApplicable("it holds the access logs themselves")
    return present("logging.logBucket", "set logging.logBucket to a bucket for access logs")(bucket, facts)


def _aws(bucket: Resource, facts: Facts) -> Verdict:
    kind = "aws:s3/bucketLogging:BucketLogging"
    if access_logs.takes(bucket, facts):
        return NotApplicable("it holds the access logs themselves")
    if facts.graph.pointing_at(bucket, "bucket", kind):
        return PASS
    return Fail("nobody logs its readers", f"add a {kind} that names a bucket for access logs")


def _azure(account: Resource, facts: Facts) -> Verdict:
    kind = "azure-native:monitor:DiagnosticSetting"
    if facts.graph.pointing_at(account, "storageAccountId", kind):
        return NotApplicable("it holds the access logs themselves")
    settings = facts.graph.pointing_at(account, "resourceUri", kind)
    if not settings:
        return Fail("nobody logs its readers", f"add a {kind} on its blobServices/default")
    verdicts = [
        must("logs", _reads, "enable the category StorageRead in logs")(one, facts) for one in settings
    ]
    return PASS if PASS in verdicts else verdicts[0]


def _reads(logs: Value) -> bool:
    wanted = {"StorageRead", "audit", "allLogs"}
    return any(
        log.get("enabled") and {log.get("category"), log.get("categoryGroup")} & wanted for log in logs
    )


RULE = Rule(
    name="stores-log-who-reads",
    says="Object stores log who reads them",
    why="A leak without a list of readers has to be reported as a leak of everything",
    fix="Send access logs to another store.",
    severity=Severity.MEDIUM,
    frameworks=Frameworks(
        gdpr=("Art. 5(2)", "Art. 30", "Art. 33"),
        hipaa=("164.312(b)",),
        iso27001=("A.8.15",),
        soc2=("CC7.2",),
        nist=("AU-2", "AU-12"),
        cis=("8.2",),
    ),
    at_create={"gcp:storage/bucket:Bucket": _gcp},
    in_stack={"aws:s3/bucket:Bucket": _aws, "azure-native:storage:StorageAccount": _azure},
)
