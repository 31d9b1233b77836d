"""What came out of repairs."""
