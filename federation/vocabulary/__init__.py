"""What is said between servers, as frozen values with their readers."""
