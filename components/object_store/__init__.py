"""Object storage: one bucket, encrypted with a customer's key."""
