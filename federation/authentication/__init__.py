"""Who sent this request."""
