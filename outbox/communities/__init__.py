"""Communities: founded, entered and left, by a charter of their own."""
