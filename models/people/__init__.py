"""Who is here, and elsewhere."""
