"""Money is known before it is spent."""
