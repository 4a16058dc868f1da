"""Set-up, the engine and the API server from source, generated pages, checks of the tree."""
