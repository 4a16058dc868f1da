"""Data stays where its class allows it."""
