"""The control room: the `causeway` command."""
