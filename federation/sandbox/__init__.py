"""Files of others, opened in child processes."""
