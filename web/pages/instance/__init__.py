"""The cooperative itself."""
