"""Who and what is elsewhere."""
