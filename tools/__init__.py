"""Set-up and engine, for machines that have neither."""
