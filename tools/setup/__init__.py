"""Prepare a clone."""
