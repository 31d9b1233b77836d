"""What activities carry."""
