"""Yes and no in words."""
