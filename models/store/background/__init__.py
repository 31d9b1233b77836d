"""Work beside requests."""
