"""Who is asking, and secrets."""
