"""A parallel file system for training data and checkpoints, tied to an object store."""
