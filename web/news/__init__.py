"""What is new, in words."""
