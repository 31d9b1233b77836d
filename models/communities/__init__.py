"""Communities: groups of people with a charter of their own, here and elsewhere."""
