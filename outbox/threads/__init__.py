"""What is said in the private thread between two."""
