"""What the engine of a rehearsal may see: a scratch state, the stand-ins, and no key to any real account."""

import os
from pathlib import Path

CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
    "ARM_CLIENT_ID",
    "ARM_CLIENT_SECRET",
    "ARM_CLIENT_CERTIFICATE_PATH",
    "ARM_OIDC_TOKEN",
    "ARM_USE_MSI",
    "KUBECONFIG",
)
"""Variables by which the clouds' tools find a real account; a rehearsal blanks them."""


def variables(base: dict[str, str], folder: Path, attached: str, *, checkpoints: bool) -> dict[str, str]:
    """Complete an engine's environment for a rehearsal.

    Args:
        base: What finds the engine and opens the stack's secrets.
        folder: The rehearsal's own folder; the state goes below it.
        attached: The stand-ins' ports, for PULUMI_DEBUG_PROVIDERS.
        checkpoints: Write the state after every step, as a rehearsed crash needs; else once at the end, as the time
            of a file backend grows with the square of the resources otherwise.
    """
    state = folder / "state"
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    chosen = {
        **base,
        **{name: "" for name in CREDENTIALS if name in os.environ},
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_DEBUG_PROVIDERS": attached,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    if not checkpoints:
        chosen |= {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}
    return chosen
