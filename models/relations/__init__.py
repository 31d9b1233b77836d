"""What people are to one another and to posts."""
