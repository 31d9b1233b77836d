"""HTML and text."""
