"""How an answer reads."""
