"""What others tell us of meetings."""
