"""What the demo shows of repairs."""
