"""What was repaired, counted for the cooperative, and as files that others may read."""
