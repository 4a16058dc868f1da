"""Exit codes, the same as the Pulumi command's published table."""

from enum import IntEnum


class Exit(IntEnum):
    """What an exit code of `causeway` means."""

    OK = 0
    GENERIC = 1
    CONFIGURATION = 2
    AUTHENTICATION = 3
    RESOURCE = 4
    POLICY = 5
    NO_STACK = 6
    CHANGES = 7
    CANCELLED = 8
    TIMEOUT = 9
    INTERNAL = 255
