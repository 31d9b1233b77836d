"""The database, and what keeps it."""
