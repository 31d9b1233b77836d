"""What our people do about meetings."""
