"""What somebody does not want to see."""
