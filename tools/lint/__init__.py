"""Checks of the whole tree."""
