"""The keys of our own actors."""
