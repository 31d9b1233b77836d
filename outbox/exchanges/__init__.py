"""What the two of a thread do."""
