"""What was received takes effect."""
