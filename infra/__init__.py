"""The ground: settings, names, labels, platforms, errors and the fact table. Declares no resource."""
