"""What passes between servers, in words."""
