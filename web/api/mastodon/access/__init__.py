"""Applications and OAuth 2."""
