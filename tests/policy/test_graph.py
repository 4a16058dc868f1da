"""The graph: which resource a property points to."""

from infra.catalog.values import UNKNOWN
from policy.model.graph import Graph
from tests.policy.make import resource

KEY = "aws:kms/key:Key"
BUCKET = resource("aws:s3/bucket:Bucket", "data", bucket="data")
OTHER = resource("aws:sqs/queue:Queue", "data", name="data")


def test_a_known_value_is_found_by_name() -> None:
    """A name in a property finds the resource of that name, of the wanted type."""
    rule = resource("aws:s3/bucketPolicy:BucketPolicy", "p", bucket="data")
    graph = Graph([BUCKET, OTHER, rule])
    assert graph.referred(rule, "bucket", BUCKET.type) == (BUCKET,)
    assert graph.pointing_at(BUCKET, "bucket", rule.type) == (rule,)


def test_an_unknown_value_is_followed_to_its_source() -> None:
    """What is not known yet still comes from somewhere."""
    rule = resource("aws:s3/bucketPolicy:BucketPolicy", "p", bucket=UNKNOWN, from_={"bucket": BUCKET})
    graph = Graph([BUCKET, rule])
    assert graph.referred(rule, "bucket") == (BUCKET,)
    assert graph.pointing_at(BUCKET, "bucket", rule.type) == (rule,)


def test_a_source_of_another_type_is_no_answer() -> None:
    """An unknown key that comes from a queue is no key."""
    volume = resource("aws:ebs/volume:Volume", "v", kmsKeyId=UNKNOWN, from_={"kmsKeyId": OTHER})
    assert Graph([OTHER, volume]).referred(volume, "kmsKeyId", KEY) == ()


def test_nothing_points_at_a_stranger() -> None:
    """A resource that nobody names is pointed at by nobody."""
    assert Graph([BUCKET, OTHER]).pointing_at(BUCKET, "bucket", "aws:s3/bucketPolicy:BucketPolicy") == ()
