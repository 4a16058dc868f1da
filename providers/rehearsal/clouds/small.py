"""The stand-ins for `random` and `tls`: no cloud is behind them, so the values are made here."""

import base64
import hashlib
import json
import secrets
import string
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from providers.base.values import Bag, Secret, plain
from providers.rehearsal.cloud import Cloud, Made, Settings

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


class Random(Cloud):
    """Values that stay as long as their inputs do."""

    package = "random"
    default_name = ""

    def make(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Made:
        """Draw the value."""
        del urn_name, settings
        id_, outputs = _DRAW[token.rpartition(":")[2]](plain(inputs))
        schema = self.resource(token)
        marked = {key: Secret(value) if key in schema.secrets else value for key, value in outputs.items()}
        return Made(id_, {**inputs, **marked}, (), self.place(token, plain(outputs), Settings()))

    def place(self, token: str, bag: Bag, settings: Settings) -> str:
        """Passwords all have the id `none`, so the drawn value tells them apart."""
        del token, settings
        drawn = json.dumps([bag.get(name) for name in ("result", "hex", "results")])
        return hashlib.sha256(drawn.encode()).hexdigest()[:16]

    def replaces(self, token: str, path: tuple[str | int, ...]) -> bool:
        """A new value for any new input: the provider's documentation says so of `keepers` and all others."""
        del token, path
        return True


def _text(given: Bag) -> tuple[str, Bag]:
    classes = {"upper": string.ascii_uppercase, "lower": string.ascii_lowercase, "numeric": string.digits}
    used = {name: given.get(name, True) for name in (*classes, "special")}
    alphabet = "".join(letters for name, letters in classes.items() if used[name])
    alphabet += (given.get("overrideSpecial") or _SPECIAL) if used["special"] else ""
    result = "".join(secrets.choice(alphabet) for _ in range(int(given["length"])))
    least = {f"min{name.capitalize()}": given.get(f"min{name.capitalize()}", 0) for name in used}
    return result, {**used, **least, "number": used["numeric"], "result": result}


def _password(given: Bag) -> tuple[str, Bag]:
    _, outputs = _text(given)
    digest = base64.b64encode(hashlib.sha256(outputs["result"].encode()).digest()).decode()[:53]
    return "none", {**outputs, "bcryptHash": f"$2a$10${digest}"}


def _id(given: Bag) -> tuple[str, Bag]:
    raw = secrets.token_bytes(int(given["byteLength"]))
    url, prefix = base64.urlsafe_b64encode(raw).decode().rstrip("="), given.get("prefix") or ""
    forms = {
        "b64Std": base64.b64encode(raw).decode(),
        "b64Url": url,
        "dec": str(int.from_bytes(raw)),
        "hex": raw.hex(),
    }
    return url, {name: prefix + text for name, text in forms.items()}


def _bytes(given: Bag) -> tuple[str, Bag]:
    raw = secrets.token_bytes(int(given["length"]))
    return "none", {"base64": base64.b64encode(raw).decode(), "hex": raw.hex()}


def _integer(given: Bag) -> tuple[str, Bag]:
    low, high = int(given["min"]), int(given["max"])
    drawn = low + secrets.randbelow(high - low + 1)
    return str(drawn), {"result": drawn}


def _uuid(given: Bag) -> tuple[str, Bag]:
    del given
    drawn = str(uuid.uuid4())
    return drawn, {"result": drawn}


def _shuffle(given: Bag) -> tuple[str, Bag]:
    pool = list(given["inputs"])
    secrets.SystemRandom().shuffle(pool)
    return "-", {"results": pool[: int(given.get("resultCount") or len(pool))]}


def _pet(given: Bag) -> tuple[str, Bag]:
    words = ("calm", "brave", "quiet", "amber", "otter", "heron", "badger", "wren")
    length, separator = int(given.get("length") or 2), given.get("separator") or "-"
    name = separator.join(secrets.choice(words) for _ in range(length))
    return name, {"length": length, "separator": separator}


_DRAW: Mapping[str, Callable[[Bag], tuple[str, Bag]]] = {
    "RandomString": _text,
    "RandomPassword": _password,
    "RandomId": _id,
    "RandomBytes": _bytes,
    "RandomInteger": _integer,
    "RandomUuid": _uuid,
    "RandomUuid4": _uuid,
    "RandomUuid7": _uuid,
    "RandomShuffle": _shuffle,
    "RandomPet": _pet,
}


class Tls(Cloud):
    """Keys and certificates that have the look, and open nothing."""

    package = "tls"
    default_name = ""

    def make(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Made:
        """Write armoured random bytes."""
        made = super().make(token, urn_name, inputs, settings)
        kind, given = token.rpartition(":")[2], plain(inputs)
        outputs = {**made.outputs, **(_key(given) if kind == "PrivateKey" else _certificate(kind, given))}
        secret = self.resource(token).secrets
        marked = {
            key: Secret(plain(value)) if key in secret and value is not None else value
            for key, value in outputs.items()
        }
        return Made(secrets.token_hex(20), marked, (), "")

    def replaces(self, token: str, path: tuple[str | int, ...]) -> bool:
        """Keys and certificates are made anew, but for when to renew them early."""
        del token
        return path[0] != "earlyRenewalHours"


def _armour(what: str, size: int = 600) -> str:
    body = base64.encodebytes(secrets.token_bytes(size)).decode()
    return f"-----BEGIN {what}-----\n{body}-----END {what}-----\n"


def _key(given: Bag) -> Bag:
    public = base64.b64encode(secrets.token_bytes(200)).decode()
    algorithm = str(given["algorithm"])
    fingerprint = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return {
        "privateKeyPem": _armour(f"{algorithm} PRIVATE KEY"),
        "privateKeyOpenssh": _armour("OPENSSH PRIVATE KEY"),
        "privateKeyPemPkcs8": _armour("PRIVATE KEY"),
        "publicKeyPem": _armour("PUBLIC KEY", 200),
        "publicKeyOpenssh": f"ssh-{algorithm.lower()} {public}\n",
        "publicKeyFingerprintMd5": ":".join(secrets.token_hex(1) for _ in range(16)),
        "publicKeyFingerprintSha256": f"SHA256:{fingerprint}",
        "rsaBits": given.get("rsaBits") or 2048,
        "ecdsaCurve": given.get("ecdsaCurve") or "P224",
    }


def _certificate(kind: str, given: Bag) -> Bag:
    if kind == "CertRequest":
        return {"certRequestPem": _armour("CERTIFICATE REQUEST"), "keyAlgorithm": "RSA"}
    start = datetime.now(tz=UTC)
    end = start + timedelta(hours=float(given["validityPeriodHours"]))
    algorithm = "caKeyAlgorithm" if kind == "LocallySignedCert" else "keyAlgorithm"
    times: dict[str, Any] = {"validityStartTime": start.isoformat(), "validityEndTime": end.isoformat()}
    return {"certPem": _armour("CERTIFICATE"), algorithm: "RSA", "readyForRenewal": False, **times}
