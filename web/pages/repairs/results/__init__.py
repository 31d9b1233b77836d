"""What came out of a repair, noted in three taps."""
