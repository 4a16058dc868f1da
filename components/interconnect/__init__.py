"""A dedicated link between an environment and another network."""
