"""Terms of an agreement."""
