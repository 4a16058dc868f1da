"""Measurements of the encrypted store."""
