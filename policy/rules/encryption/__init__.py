"""Data is unreadable without a key of ours."""
