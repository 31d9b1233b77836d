"""What this server is."""
