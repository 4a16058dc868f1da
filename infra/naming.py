"""Names that fit every platform: stable, readable, shortened with a hash where a limit cuts."""

import hashlib
import re

_HASH = 6


def name(*parts: str, limit: int = 63) -> str:
    """Join parts into a DNS-label-like name of at most `limit` characters.

    Letters become lower case, any run of other characters one hyphen. A name that is too long keeps its
    beginning and ends in a hash of the whole, so that two long names never collide. The default limit is
    Kubernetes' (RFC 1123).

    Raises:
        ValueError: Nothing usable is left of the parts.
    """
    whole = "-".join(parts)
    clean = re.sub(r"[^a-z0-9]+", "-", whole.lower()).strip("-")
    if not clean:
        raise ValueError(f"no letter or digit in {whole!r}: a name needs at least one")
    if len(clean) <= limit:
        return clean
    digest = hashlib.sha256(whole.encode()).hexdigest()[:_HASH]
    return f"{clean[: limit - _HASH - 1].rstrip('-')}-{digest}"
