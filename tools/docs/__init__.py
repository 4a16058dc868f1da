"""Pages that are generated from code, so that they can't go stale."""
