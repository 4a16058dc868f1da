"""Print the installed distributions as JSON: those that no other one requires, or all of them with `--all`."""

import json
import re
import sys
from importlib import metadata


def normal(name: str) -> str:
    """Spell a name as the package index does: My_Package is my-package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required(distribution: metadata.Distribution) -> set[str]:
    """Name what one distribution can't do without."""
    plain = (line for line in distribution.requires or [] if "extra ==" not in line)
    return {normal(found[0]) for found in (re.match(r"[\w.-]+", line) for line in plain) if found}


if __name__ == "__main__":
    installed = list(metadata.distributions())
    needed: set[str] = set() if "--all" in sys.argv else set().union(*map(required, installed))
    versions = {normal(one.name): one.version for one in installed}
    shown = [{"Name": name, "Version": versions[name]} for name in sorted(versions.keys() - needed)]
    json.dump(shown, sys.stdout)
