"""A pod of an own site reaches a bucket of AWS by its cluster's token, and over the address that it is given."""

import datetime as dt
import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from workloads.store.cloud import CloudBackend

CREDENTIALS = """<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><SessionToken>short-lived</SessionToken>
<SecretAccessKey>hidden</SecretAccessKey><Expiration>2099-01-01T00:00:00Z</Expiration>
<AccessKeyId>ASIAEXAMPLE</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>"""


class Amazon(http.server.BaseHTTPRequestHandler):
    """Exchanges tokens as STS does, and holds one object as S3 does; notes what it is asked."""

    asked: list[tuple[str, str, dict[str, list[str]]]]

    def do_POST(self) -> None:
        """Exchange a token."""
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.asked.append(("POST", self.path, parse_qs(self.path.partition("?")[2] or body)))
        self._answer(CREDENTIALS.encode())

    def do_GET(self) -> None:
        """Give the object to who shows the exchanged credentials."""
        signed = self.headers.get("authorization", "")
        token = self.headers.get("x-amz-security-token", "")
        self.asked.append(("GET", self.path, {"signed": [signed], "token": [token]}))
        self._answer(b"weights")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.send_header("etag", '"1"')
        self.send_header("last-modified", "Sun, 22 Nov 2026 08:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def amazon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, list[tuple[str, str, dict[str, list[str]]]]]]:
    """Give an address that answers as AWS, and what it was asked."""
    asked: list[tuple[str, str, dict[str, list[str]]]] = []
    handler = type("Handler", (Amazon,), {"asked": asked})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path, monkeypatch))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_address[1]}", asked
        server.shutdown()


def certificate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a certificate that this process trusts: STS is asked over TLS or not at all."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(tz=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = (
        made.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    file = folder / "server.pem"
    file.write_bytes(secret + pem)
    trusted = folder / "trusted.pem"
    trusted.write_bytes(pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    return file


def test_a_token_is_exchanged_and_the_bucket_called_by_path(
    amazon: tuple[str, list[tuple[str, str, dict[str, list[str]]]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The variables of an identity from afar are enough: no key, the role's name, the address of the line's door."""
    address, asked = amazon
    token = tmp_path / "token"
    token.write_text("signed by the cluster")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    given = {
        "AWS_REGION": "eu-north-1",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/hybrid-pretrain",
        "AWS_ROLE_SESSION_NAME": "hybrid-pretrain",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_ENDPOINT_URL_S3": address,
        "AWS_ENDPOINT_URL_STS": address,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with CloudBackend.open("s3://artifacts").read("runs/hybrid/export/model") as stream:
        assert stream.read() == b"weights"
    exchange = next(asks for verb, _, asks in asked if verb == "POST")
    assert exchange["Action"] == ["AssumeRoleWithWebIdentity"]
    assert exchange["RoleArn"] == [given["AWS_ROLE_ARN"]]
    assert exchange["WebIdentityToken"] == ["signed by the cluster"]
    path, shown = next((path, shown) for verb, path, shown in asked if verb == "GET")
    assert path == "/artifacts/runs/hybrid/export/model"
    assert "Credential=ASIAEXAMPLE/" in shown["signed"][0]
    assert shown["token"] == ["short-lived"]
