"""Days on which people come together."""
