"""The account that everything else is built in, and the provider that reaches it."""
