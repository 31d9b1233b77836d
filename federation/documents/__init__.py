"""A document of another server."""
