"""Causeway's components as a Pulumi package: `pulumi package get-schema ./components`."""

# ruff: noqa: E402 - imports come after the path is right

import sys
from pathlib import Path

# Python puts a plugin's own folder first, and there our google.py and kubernetes/ hide the libraries of these names
sys.path[0] = str(Path(__file__).resolve().parents[1])

from pulumi.provider import main

from components.package import Package

if __name__ == "__main__":
    main(Package(), sys.argv[1:])
