"""An inference service: the bundled server, kept alive, with an address to call."""
