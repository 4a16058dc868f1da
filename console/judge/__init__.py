"""A real Kubernetes API server, started for a moment on this machine, that says what it thinks of a stack's objects."""
