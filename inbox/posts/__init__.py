"""Posts from elsewhere."""
