"""What is passed on, compared, caught up."""
