"""How people arrive."""
