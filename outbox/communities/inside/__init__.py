"""What stays inside a community: shared there, and what becomes of it when its author leaves."""
