"""What the tests of several rooms share: the real engine."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def engine_env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Give the environment of a private engine: its command on PATH, a home of its own, no downloads, a passphrase."""
    from console.engine import environment, find

    with pytest.MonkeyPatch.context() as patch:
        env = {
            **environment(find()),
            "PULUMI_HOME": str(tmp_path_factory.mktemp("pulumi-home")),
            "PULUMI_CONFIG_PASSPHRASE": "for tests only",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        # The Automation API looks for the command on this process's own PATH.
        patch.setenv("PATH", env["PATH"])
        yield env
