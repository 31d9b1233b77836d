"""Communities across servers."""
