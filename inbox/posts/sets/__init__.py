"""Activities about posts that take effect together: one module for each kind."""
