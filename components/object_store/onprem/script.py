"""Give a bucket its default key: what a job runs beside the gateways, with the standard library alone.

An upload that names no key is then encrypted under this one. The claim for a bucket has no word for it, so it is asked
for as S3 has it: PutBucketEncryption, signed with the bucket owner's keys (AWS, signature version 4).
"""

import hashlib
import hmac
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit

PATIENCE = 60
"""Seconds between two attempts; the job's own deadline ends them."""

BODY = (
    '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>'
    "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>"
    "<KMSMasterKeyID>{key}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault>"
    "</Rule></ServerSideEncryptionConfiguration>"
)


def signed(  # noqa: PLR0917 - what a signature is made of
    url: str, body: bytes, region: str, access: str, hidden: str, when: datetime
) -> dict[str, str]:
    """Give the headers of a PUT of `url?encryption`."""
    day, stamp, digest = f"{when:%Y%m%d}", f"{when:%Y%m%dT%H%M%SZ}", hashlib.sha256(body).hexdigest()
    place = urlsplit(url)
    headers = {"host": place.netloc, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = ";".join(sorted(headers))
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    request = "\n".join(["PUT", quote(place.path), "encryption=", *lines, "", names, digest])
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    secret = f"AWS4{hidden}".encode()
    for part in (day, region, "s3", "aws4_request"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    signature = hmac.digest(secret, text.encode(), "sha256").hex()
    proof = f"AWS4-HMAC-SHA256 Credential={access}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": proof}


def ask(env: Mapping[str, str]) -> None:
    """Send the request once.

    Raises:
        OSError: The gateway is not there, or refused.
    """
    body = BODY.format(key=env["KEY"]).encode()
    url = f"{env['ENDPOINT']}/{env['BUCKET']}"
    headers = signed(
        url,
        body,
        env["REGION"],
        env["AWS_ACCESS_KEY_ID"],
        env["AWS_SECRET_ACCESS_KEY"],
        datetime.now(tz=timezone.utc),  # noqa: UP017 - the image's Python is 3.9
    )
    request = urllib.request.Request(f"{url}?encryption=", body, headers, method="PUT")  # noqa: S310 - https alone
    trust = ssl.create_default_context(cafile=env["AUTHORITY"])
    with urllib.request.urlopen(request, timeout=30, context=trust):  # noqa: S310 - likewise
        pass


def main() -> int:
    """Ask until it is done."""
    while True:
        try:
            ask(os.environ)
        except urllib.error.HTTPError as refusal:
            print(refusal.code, refusal.read(2000).decode(errors="replace"), file=sys.stderr)  # noqa: T201 - the pod's log
        except OSError as problem:
            print(problem, file=sys.stderr)  # noqa: T201 - the pod's log
        else:
            return 0
        time.sleep(PATIENCE)


if __name__ == "__main__":
    sys.exit(main())
