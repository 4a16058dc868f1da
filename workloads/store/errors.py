"""What can go wrong in a store, as errors that a person can act on."""


class StoreError(ValueError):
    """A store or key ring was used wrongly, or the world around it is not as it must be."""


class NotFoundError(StoreError):
    """The object, version, bucket or key ring does not exist."""


class ForbiddenError(StoreError):
    """The cloud lets this machine's identity not do that; of an object that does not exist it may say the same."""


class UnreachableError(StoreError):
    """The store did not answer, or broke off, in spite of several attempts; later it may do."""


class DamagedError(StoreError):
    """The bytes are not those that were written: flipped, cut short, swapped or sealed for another place."""


class NoSpaceError(StoreError):
    """The disk, a quota or a file-size limit stopped a write; the old object is intact."""


class KeyRingError(StoreError):
    """The key ring is unsafe, incomplete or not the one that this bucket was made with."""


class ExposedError(KeyRingError):
    """Others than the owner have rights to the key ring's files."""
