"""Export and deletion."""
