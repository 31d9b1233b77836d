"""One request to an inbox."""
