"""Keys: one for each class of data, rotated within the class's period."""
