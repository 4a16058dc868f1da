"""Nobody reaches what they should not."""
