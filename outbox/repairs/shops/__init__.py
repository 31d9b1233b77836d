"""What the people of a repair shop do with it, and who decides whether it appears."""
