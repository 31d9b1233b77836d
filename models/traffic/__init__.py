"""What comes and goes between servers."""
