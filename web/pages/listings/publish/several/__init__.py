"""Several listings at once from a table."""
