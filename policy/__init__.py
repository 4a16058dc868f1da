"""The judges: one rule, one file, every platform in it."""
