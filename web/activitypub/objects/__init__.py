"""Objects at their addresses."""
