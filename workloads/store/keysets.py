"""Tink keysets: generate, add a primary, wrap. The one file that touches key material.

Tink for Python has no keyset manager, so a rotation merges the protobuf messages of two keysets, which is what the
managers of the other languages do. https://developers.google.com/tink/key-management-overview
"""

import functools

import tink
from google.protobuf import message
from tink import aead, secret_key_access, streaming_aead
from tink.proto.tink_pb2 import Keyset, KeyTemplate

from workloads.store.errors import DamagedError

KEK_TEMPLATE = aead.aead_key_templates.AES256_GCM
DATA_TEMPLATE = streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB


@functools.cache
def _register() -> None:
    """Tell Tink once which kinds of key it must know."""
    aead.register()
    streaming_aead.register()


def generate(template: KeyTemplate) -> Keyset:
    """Make a keyset of one fresh key."""
    _register()
    return _keyset(tink.new_keyset_handle(template))


def with_new_primary(keyset: Keyset, template: KeyTemplate) -> Keyset:
    """Give the keyset with one more key, which becomes the primary; the old keys stay enabled."""
    taken = {key.key_id for key in keyset.key}
    fresh = generate(template)
    while fresh.primary_key_id in taken:
        fresh = generate(template)
    merged = Keyset(primary_key_id=fresh.primary_key_id)
    merged.key.extend([*keyset.key, *fresh.key])
    return merged


def only(keyset: Keyset, key_id: int) -> Keyset:
    """Give the keyset of the one key with this id."""
    single = Keyset(primary_key_id=key_id)
    single.key.extend(key for key in keyset.key if key.key_id == key_id)
    return single


def wrap(keyset: Keyset, kek: Keyset, context: bytes) -> bytes:
    """Encrypt a keyset under the primary key-encryption key, bound to `context`."""
    sealer = _handle(kek).primitive(aead.Aead)
    return bytes(sealer.encrypt(keyset.SerializeToString(), context))


def unwrap(wrapped: bytes, kek: Keyset, context: bytes) -> Keyset:
    """Decrypt a keyset; the caller adds which files these are.

    Raises:
        DamagedError: wrong key, wrong context or changed bytes; authenticated encryption can't tell which.
    """
    try:
        keyset: Keyset = Keyset.FromString(_handle(kek).primitive(aead.Aead).decrypt(wrapped, context))
    except (tink.TinkError, message.DecodeError):
        raise DamagedError("the data keys do not open under the key-encryption key") from None
    return keyset


def to_bytes(keyset: Keyset) -> bytes:
    """Write a keyset in clear, for a file that only its owner can read."""
    return bytes(keyset.SerializeToString())


def from_bytes(data: bytes) -> Keyset:
    """Read a keyset that was written in clear.

    Raises:
        DamagedError: the bytes are no valid keyset.
    """
    try:
        keyset = Keyset.FromString(data)
        _handle(keyset)
    except (tink.TinkError, message.DecodeError):
        raise DamagedError("the key-encryption keys are not a valid keyset") from None
    return keyset


def streaming(keyset: Keyset) -> streaming_aead.StreamingAead:
    """Give the streaming cipher of a data keyset: AES-256-GCM in segments of 1 MiB, a derived key for each stream."""
    return _handle(keyset).primitive(streaming_aead.StreamingAead)


def _handle(keyset: Keyset) -> tink.KeysetHandle:
    _register()
    return tink.proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)


def _keyset(handle: tink.KeysetHandle) -> Keyset:
    return Keyset.FromString(tink.proto_keyset_format.serialize(handle, secret_key_access.TOKEN))
