"""The stand-ins for `random` and `tls` draw values that stay, and keep the secret ones out of the account."""

from collections.abc import Callable

import pytest

from providers.base.values import Secret, plain

from .conftest import Rig


@pytest.mark.parametrize(
    ("token", "inputs", "output", "length"),
    [
        ("random:index/randomPassword:RandomPassword", {"length": 24}, "result", 24),
        ("random:index/randomString:RandomString", {"length": 8, "special": False}, "result", 8),
        ("random:index/randomId:RandomId", {"byteLength": 4}, "hex", 8),
        ("random:index/randomBytes:RandomBytes", {"length": 4}, "hex", 8),
        ("random:index/randomUuid:RandomUuid", {}, "result", 36),
    ],
)
def test_values_are_drawn_found_again_and_deleted(
    rig: Callable[..., Rig], token: str, inputs: dict[str, object], output: str, length: int
) -> None:
    """A value has the wanted length, stays on Read, differs from the next, and goes on Delete."""
    random = rig("random")
    id_, made = random.create(token, inputs, "one")
    _, other = random.create(token, inputs, "two")
    assert len(plain(made[output])) == length
    assert plain(made[output]) != plain(other[output])
    assert random.read(token, id_, made, inputs)[1][output] == made[output]
    random.delete(token, id_, made)
    assert random.account.count() == 1


def test_a_password_is_secret(rig: Callable[..., Rig]) -> None:
    """The drawn password carries the secret mark and is not in the account."""
    random = rig("random")
    _, made = random.create("random:index/randomPassword:RandomPassword", {"length": 24})
    assert isinstance(made["result"], Secret)
    assert plain(made["result"]) not in str(random.account.all())


def test_keys_are_armoured_and_secret(rig: Callable[..., Rig]) -> None:
    """A private key has the look of one and the secret mark; a certificate names its end."""
    tls = rig("tls")
    _, key = tls.create("tls:index/privateKey:PrivateKey", {"algorithm": "RSA"})
    assert isinstance(key["privateKeyPem"], Secret)
    assert plain(key["privateKeyPem"]).startswith("-----BEGIN RSA PRIVATE KEY-----")
    signed = {
        "allowedUses": ["server_auth"],
        "validityPeriodHours": 24,
        "privateKeyPem": key["privateKeyPem"],
    }
    _, certificate = tls.create("tls:index/selfSignedCert:SelfSignedCert", signed)
    assert certificate["validityEndTime"] > certificate["validityStartTime"]
