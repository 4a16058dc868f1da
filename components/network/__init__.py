"""The private network of an environment."""
