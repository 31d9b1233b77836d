"""What the cooperative decides about other servers."""
