"""Machines that work together stand together."""
