"""JSON of others, read with care."""
