"""A cluster with its node pools and their fabric."""
