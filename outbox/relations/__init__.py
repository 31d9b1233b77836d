"""Follow, like, share, block."""
