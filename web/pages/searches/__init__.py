"""Posts and feeds."""
