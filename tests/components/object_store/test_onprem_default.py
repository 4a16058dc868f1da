"""The default key of a bucket: the job's script asks a real TLS server, and signs as Amazon's own library does."""

import datetime as dt
import runpy
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from components.object_store.onprem import default, script

ACCESS, HIDDEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Give a self-signed certificate of this machine with its key, as the gateways have one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "it")])
    now = dt.datetime.now(tz=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain
    )
    file = tmp_path / "both.pem"
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def gateway(authority: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Give a server's address, and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            asked.append({"path": self.path, "headers": dict(self.headers), "body": body})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def theirs(url: str, body: bytes, headers: dict[str, str]) -> str:
    """Sign the same request with botocore, at the same moment."""
    request = AWSRequest("PUT", url, data=body, headers={"Host": headers["host"]})
    request.context["timestamp"] = headers["x-amz-date"]
    request.headers["X-Amz-Date"] = headers["x-amz-date"]
    request.headers["X-Amz-Content-SHA256"] = headers["x-amz-content-sha256"]
    auth = S3SigV4Auth(Credentials(ACCESS, HIDDEN), "s3", "hall-1")
    canonical = auth.canonical_request(request)
    return str(auth.signature(auth.string_to_sign(request, canonical), request))


def test_the_signature_is_the_one_of_amazons_library() -> None:
    """The same request, keys and moment give the same signature."""
    url, body = "https://rook-ceph-rgw-it.rook-ceph.svc/it", script.BODY.format(key="k").encode()
    moment = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
    headers = script.signed(url, body, "hall-1", ACCESS, HIDDEN, moment)
    assert headers["authorization"].endswith(f"Signature={theirs(f'{url}?encryption=', body, headers)}")
    assert "/20261122/hall-1/s3/aws4_request" in headers["authorization"]


def test_the_gateway_is_asked_for_our_key(
    gateway: tuple[str, list[dict[str, Any]]], authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run as the pod runs it, the script puts the key on the bucket over TLS that it can check, and ends well."""
    address, asked = gateway
    env = {
        "KEY": "models-key",
        "BUCKET": "it",
        "REGION": "hall-1",
        "ENDPOINT": address,
        "AUTHORITY": str(authority),
        "AWS_ACCESS_KEY_ID": ACCESS,
        "AWS_SECRET_ACCESS_KEY": HIDDEN,
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(default.SCRIPT), run_name="__main__")
    assert ended.value.code == 0
    (request,) = asked
    assert request["path"] == "/it?encryption="
    assert (
        b"<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>models-key</KMSMasterKeyID>" in request["body"]
    )
    assert HIDDEN not in str(request)


def test_a_gateway_that_nobody_vouches_for_is_not_asked(
    gateway: tuple[str, list[dict[str, Any]]], authority: Path, tmp_path: Path
) -> None:
    """Another certificate than the one that was given ends the attempt before anything is sent."""
    address, asked = gateway
    other = tmp_path / "other.pem"
    other.write_text(
        Path(ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt").read_text()
    )
    env = {"KEY": "k", "BUCKET": "it", "REGION": "r", "ENDPOINT": address, "AUTHORITY": str(other)}
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        script.ask({**env, "AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": HIDDEN})
    assert asked == []
    assert authority.exists()


def test_the_jobs_pod_may_do_nothing_but_that() -> None:
    """It has no token of the cluster, no right, an owner's keys by reference, and an end."""
    found = default.job("it", "it-default", "hall-1", "models-key")
    pod = found["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    references = [one["valueFrom"]["secretKeyRef"]["name"] for one in container["env"] if "valueFrom" in one]
    assert references == ["it", "it"]
    assert found["activeDeadlineSeconds"] == default.DEADLINE
