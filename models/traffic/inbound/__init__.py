"""What other servers sent."""
