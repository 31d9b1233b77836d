"""Activities as values."""
