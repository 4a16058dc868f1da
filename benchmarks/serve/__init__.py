"""Measurements of the server, each of which prints its figures and writes them as JSON."""
